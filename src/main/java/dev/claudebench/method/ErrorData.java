package dev.claudebench.method;

import java.util.List;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;

import io.quarkus.runtime.annotations.RegisterForReflection;

/** What the {@code data} member of an error holds, of those that have one. */
@RegisterForReflection
public sealed interface ErrorData {

    /** Of parameters that break their bounds. */
    record Violations(List<Failure.Violation> violations) implements ErrorData {
        public Violations {
            violations = List.copyOf(violations);
        }
    }

    /** Of a refusal, by a reason that {@link RpcMethod#refusals} names. */
    record Reason(String reason) implements ErrorData {}

    /** Of a defect of the service. */
    record ErrorId(
            @JsonPropertyDescription("under which the log has the cause") String errorId) implements ErrorData {}

    /** Of a call that was one too many. */
    record RateLimit(
            @JsonPropertyDescription("calls of this method that a caller may make in a window") int limit,
            @JsonPropertyDescription("the length of the sliding window") long windowMs,
            @JsonPropertyDescription("until the next call will be admitted") long retryAfterMs) implements ErrorData {}

    /** Of a call that was not tried. */
    record RetryAfter(
            @JsonPropertyDescription("until a call may be tried again") long retryAfterMs) implements ErrorData {}

    /** Of a call that was not carried out, or perhaps not. */
    record NotServed(
            @JsonPropertyDescription("until another try makes sense") long retryAfterMs,
            @JsonPropertyDescription("whether it had an effect") Failure.Outcome outcome) implements ErrorData {}
}
