package dev.claudebench.method;

import java.util.List;

import org.jspecify.annotations.Nullable;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;

import io.quarkus.runtime.annotations.RegisterForReflection;

/** The {@code data} member of an error. */
@RegisterForReflection
public sealed interface ErrorData {

    record Violations(List<Failure.Violation> violations) implements ErrorData {
        public Violations {
            violations = List.copyOf(violations);
        }
    }

    /** Why the call was refused: one of {@link RpcMethod#refusals}. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Reason(
            String reason,
            @JsonPropertyDescription("status of the task, if there is one") @Nullable String status)
            implements
                ErrorData {}

    record ErrorId(@JsonPropertyDescription("id of the cause in the log") String errorId) implements ErrorData {}

    record RateLimit(
            @JsonPropertyDescription("calls of this method that a caller may make within the window") int limit,
            @JsonPropertyDescription("length of the sliding window, in ms") long windowMs,
            @JsonPropertyDescription("time until the next call is admitted, in ms") long retryAfterMs)
            implements
                ErrorData {}

    record RetryAfter(@JsonPropertyDescription("time until a retry, in ms") long retryAfterMs) implements ErrorData {}

    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Denied(
            @JsonPropertyDescription("permission that is missing, if one is") @Nullable String permission,
            @JsonPropertyDescription("false if the instance belongs to another principal") @Nullable Boolean owner)
            implements
                ErrorData {}

    record NotServed(
            @JsonPropertyDescription("recommended time before a retry, in ms") long retryAfterMs,
            @JsonPropertyDescription("whether the call had an effect: not_executed, or unknown") Failure.Outcome outcome)
            implements
                ErrorData {}
}
