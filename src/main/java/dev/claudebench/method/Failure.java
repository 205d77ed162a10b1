package dev.claudebench.method;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.UUID;

import org.jspecify.annotations.Nullable;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import com.fasterxml.jackson.annotation.JsonValue;

import io.quarkus.runtime.annotations.RegisterForReflection;

/**
 * An expected failure of a call, which the caller gets as a JSON-RPC error. Any other exception is a defect and becomes
 * {@link ErrorCode#INTERNAL_ERROR}. Failures have no stack trace.
 */
public abstract sealed class Failure extends RuntimeException {
    private final ErrorCode code;
    private final transient @Nullable ErrorData data;

    private Failure(ErrorCode code, String message, @Nullable ErrorData data, @Nullable Throwable cause) {
        super(message, cause, false, false);
        this.code = code;
        this.data = data;
    }

    private Failure(ErrorCode code, @Nullable ErrorData data) {
        this(code, code.message(), data, null);
    }

    private Failure(ErrorCode code, String detail, @Nullable ErrorData data) {
        this(code, code.message() + ": " + detail, data, null);
    }

    public final ErrorCode code() {
        return code;
    }

    /** The {@code message} member of the error. */
    public final String text() {
        return String.valueOf(getMessage());
    }

    /** The {@code data} member of the error, null for none. */
    public final @Nullable ErrorData data() {
        return data;
    }

    /** A constraint that a parameter violates. */
    @RegisterForReflection
    public record Violation(
            @JsonPropertyDescription("path of the parameter, such as roles[1]") String field,
            @JsonPropertyDescription("what the parameter must be") String message) {}

    /** The body of the request is not JSON. */
    public static final class ParseError extends Failure {
        /** @param detail what is wrong, and where; must not quote the body */
        public ParseError(String detail) {
            super(ErrorCode.PARSE_ERROR, detail, null);
        }
    }

    /** The JSON is not a request. */
    public static final class InvalidRequest extends Failure {
        public InvalidRequest(String detail) {
            super(ErrorCode.INVALID_REQUEST, detail, null);
        }
    }

    /** The service has no method of this name. */
    public static final class MethodNotFound extends Failure {
        /** @param detail must not have control characters, or an unbounded length */
        public MethodNotFound(String detail) {
            super(ErrorCode.METHOD_NOT_FOUND, detail, null);
        }
    }

    /** The params violate constraints. The call was not executed. */
    public static final class InvalidParams extends Failure {
        public InvalidParams(List<Violation> violations) {
            super(ErrorCode.INVALID_PARAMS, new ErrorData.Violations(violations));
        }

        public static InvalidParams of(String field, String message) {
            return new InvalidParams(List.of(new Violation(field, message)));
        }
    }

    /** The params are valid, but the state of the fleet does not allow the call. */
    public static final class Refused extends Failure {
        private final String reason;

        /**
         * @param reason a reason of {@link RpcMethod#refusals}, such as {@code task_not_found}
         * @param status the status of the task that the call is about, null if there is none
         */
        public Refused(String reason, @Nullable String status) {
            super(ErrorCode.INVALID_PARAMS, reason, new ErrorData.Reason(reason, status));
            this.reason = reason;
        }

        public String reason() {
            return reason;
        }
    }

    /** The caller has made too many calls of this method. */
    public static final class RateLimited extends Failure {
        public RateLimited(int limit, Duration window, Duration retryAfter) {
            super(ErrorCode.RATE_LIMITED, new ErrorData.RateLimit(limit, window.toMillis(), retryAfter.toMillis()));
        }
    }

    /** The circuit breaker is open, so the call was not executed. */
    public static final class CircuitOpen extends Failure {
        public CircuitOpen(Duration retryAfter) {
            super(ErrorCode.CIRCUIT_OPEN, new ErrorData.RetryAfter(retryAfter.toMillis()));
        }
    }

    /** The caller has no credentials, or unknown ones. */
    public static final class Unauthenticated extends Failure {
        /** Says what is wrong, without the credentials. */
        public Unauthenticated(String detail) {
            super(ErrorCode.UNAUTHENTICATED, detail, null);
        }
    }

    /** The caller lacks the permission for this call, or does not own the instance. */
    public static final class Forbidden extends Failure {
        private Forbidden(String detail, ErrorData.Denied data) {
            super(ErrorCode.FORBIDDEN, detail, data);
        }

        public static Forbidden lacks(String permission) {
            return new Forbidden("the permission " + permission + " is missing",
                    new ErrorData.Denied(permission, null));
        }

        public static Forbidden ofOther() {
            return new Forbidden("the instance belongs to another principal", new ErrorData.Denied(null, false));
        }
    }

    /**
     * A Redis key of the service holds a value of another type, which another program wrote. Circuit breakers ignore this
     * failure, since Redis works.
     */
    public static final class WrongType extends Failure {
        /** @param detail names the key and both types. It determines the error id, since the log does not repeat a line often. */
        public WrongType(String detail) {
            super(ErrorCode.INTERNAL_ERROR, detail,
                    new ErrorData.ErrorId(UUID.nameUUIDFromBytes(detail.getBytes(StandardCharsets.UTF_8)).toString()));
        }
    }

    /** A temporary failure. The call was not executed, or its outcome is unknown. */
    public abstract static sealed class NotServed extends Failure {
        private static final Duration RETRY_AFTER = Duration.ofSeconds(1);
        private final Outcome outcome;

        private NotServed(String message, Outcome outcome, @Nullable Throwable cause) {
            super(ErrorCode.UNAVAILABLE, message, new ErrorData.NotServed(RETRY_AFTER.toMillis(), outcome), cause);
            this.outcome = outcome;
        }

        public final Outcome outcome() {
            return outcome;
        }
    }

    /** Redis was unreachable, did not answer in time or refused the command. */
    public static final class Unavailable extends NotServed {
        public Unavailable(String message, Outcome outcome, @Nullable Throwable cause) {
            super(message, outcome, cause);
        }
    }

    /**
     * Like {@link Unavailable} for the caller. For a circuit breaker it is no failure: another call has reported the same broken
     * connection, or only the benches of one shard of a Redis Cluster are concerned.
     */
    public static final class Uncounted extends NotServed {
        public Uncounted(String message, Outcome outcome, @Nullable Throwable cause) {
            super(message, outcome, cause);
        }
    }

    /** The service is overloaded or stopping. Circuit breakers ignore this failure, since Redis works. */
    public static final class Overloaded extends NotServed {
        public Overloaded(String message, Outcome outcome) {
            super(message, outcome, null);
        }
    }

    /** Whether a failed call had an effect. */
    @RegisterForReflection
    public enum Outcome {
        NOT_EXECUTED, UNKNOWN;

        @JsonValue
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}
