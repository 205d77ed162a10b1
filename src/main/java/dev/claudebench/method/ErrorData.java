package dev.claudebench.method;

import java.util.List;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;

import io.quarkus.runtime.annotations.RegisterForReflection;

/** The {@code data} member of an error. */
@RegisterForReflection
public sealed interface ErrorData {

    /** The constraints that the params violate. */
    record Violations(List<Failure.Violation> violations) implements ErrorData {
        public Violations {
            violations = List.copyOf(violations);
        }
    }

    /** Why the call was refused: one of {@link RpcMethod#refusals}. */
    record Reason(String reason) implements ErrorData {}

    /** The id of an internal error. */
    record ErrorId(
            @JsonPropertyDescription("identifies the cause in the log of the service") String errorId)
            implements
                ErrorData {}

    /** The limit that the call exceeded. */
    record RateLimit(
            @JsonPropertyDescription("calls of this method that a caller may make within the window") int limit,
            @JsonPropertyDescription("length of the sliding window, in ms") long windowMs,
            @JsonPropertyDescription("time until the next call is admitted, in ms") long retryAfterMs)
            implements
                ErrorData {}

    /** When to retry a call that was not executed. */
    record RetryAfter(
            @JsonPropertyDescription("time until the call may be retried, in ms") long retryAfterMs)
            implements
                ErrorData {}

    /** When to retry a call that failed for a temporary reason, and whether it may have had an effect. */
    record NotServed(
            @JsonPropertyDescription("recommended time before a retry, in ms") long retryAfterMs,
            @JsonPropertyDescription("whether the call had an effect: not_executed, or unknown") Failure.Outcome outcome)
            implements
                ErrorData {}
}
