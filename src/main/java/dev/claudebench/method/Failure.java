package dev.claudebench.method;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.UUID;

import org.jspecify.annotations.Nullable;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import com.fasterxml.jackson.annotation.JsonValue;

import io.quarkus.runtime.annotations.RegisterForReflection;

/**
 * Why a call has no result. Each kind knows its code and what the caller is told; anything else that is thrown is a
 * defect of ours and becomes {@link ErrorCode#INTERNAL_ERROR}. Failures are answers, not accidents: they carry no stack
 * trace.
 */
public abstract sealed class Failure extends RuntimeException {

    private final ErrorCode code;

    private Failure(ErrorCode code, String message, @Nullable Throwable cause) {
        super(message, cause, false, false);
        this.code = code;
    }

    /** The code for the caller. */
    public final ErrorCode code() {
        return code;
    }

    /** The text for the caller. */
    public final String text() {
        return String.valueOf(getMessage());
    }

    /** The {@code data} member of the error, null for none. */
    public @Nullable ErrorData data() {
        return null;
    }

    /** One thing wrong with one parameter. */
    @RegisterForReflection
    public record Violation(
            @JsonPropertyDescription("the path of the parameter, such as roles[1]") String field,
            @JsonPropertyDescription("what it must be") String message) {}

    /** The text of the request is no JSON. */
    public static final class ParseError extends Failure {

        /** @param detail what is wrong, and where; nothing of the text itself */
        public ParseError(String detail) {
            super(ErrorCode.PARSE_ERROR, ErrorCode.PARSE_ERROR.message() + ": " + detail, null);
        }
    }

    /** The JSON is no request. */
    public static final class InvalidRequest extends Failure {

        /** @param detail what is wrong, naming the member */
        public InvalidRequest(String detail) {
            super(ErrorCode.INVALID_REQUEST, ErrorCode.INVALID_REQUEST.message() + ": " + detail, null);
        }
    }

    /** There is no method of that name. */
    public static final class MethodNotFound extends Failure {

        public MethodNotFound() {
            super(ErrorCode.METHOD_NOT_FOUND, ErrorCode.METHOD_NOT_FOUND.message(), null);
        }
    }

    /** Parameters that break their bounds. Nothing was changed. */
    public static final class InvalidParams extends Failure {
        private final transient List<Violation> violations;

        /** One violation. */
        public static InvalidParams of(String field, String message) {
            return new InvalidParams(List.of(new Violation(field, message)));
        }

        public InvalidParams(List<Violation> violations) {
            super(ErrorCode.INVALID_PARAMS, ErrorCode.INVALID_PARAMS.message(), null);
            this.violations = List.copyOf(violations);
        }

        @Override
        public ErrorData data() {
            return new ErrorData.Violations(violations);
        }
    }

    /** Well-formed parameters that the state of the fleet does not allow, by a documented reason. */
    public static final class Refused extends Failure {
        private final String reason;

        /** @param reason a documented name such as {@code task_not_found} */
        public Refused(String reason) {
            super(ErrorCode.INVALID_PARAMS, ErrorCode.INVALID_PARAMS.message() + ": " + reason, null);
            this.reason = reason;
        }

        @Override
        public ErrorData data() {
            return new ErrorData.Reason(reason);
        }
    }

    /** The caller has used up its calls of this method. */
    public static final class RateLimited extends Failure {
        private final int limit;
        private final Duration window;
        private final Duration retryAfter;

        public RateLimited(int limit, Duration window, Duration retryAfter) {
            super(ErrorCode.RATE_LIMITED, ErrorCode.RATE_LIMITED.message(), null);
            this.limit = limit;
            this.window = window;
            this.retryAfter = retryAfter;
        }

        @Override
        public ErrorData data() {
            return new ErrorData.RateLimit(limit, window.toMillis(), retryAfter.toMillis());
        }
    }

    /** Calls of this group failed one after the other, so this one was not tried. */
    public static final class CircuitOpen extends Failure {
        private final Duration retryAfter;

        public CircuitOpen(Duration retryAfter) {
            super(ErrorCode.CIRCUIT_OPEN, ErrorCode.CIRCUIT_OPEN.message(), null);
            this.retryAfter = retryAfter;
        }

        @Override
        public ErrorData data() {
            return new ErrorData.RetryAfter(retryAfter.toMillis());
        }
    }

    /** The caller may not do this. */
    public static final class Unauthorized extends Failure {

        public Unauthorized() {
            super(ErrorCode.UNAUTHORIZED, ErrorCode.UNAUTHORIZED.message(), null);
        }
    }

    /** A key of ours holds a value of another type, which somebody else has put there. It says nothing against Redis. */
    public static final class WrongType extends Failure {
        private final String errorId = UUID.randomUUID().toString();

        /** @param detail names the key and both types */
        public WrongType(String detail) {
            super(ErrorCode.INTERNAL_ERROR, ErrorCode.INTERNAL_ERROR.message() + ": " + detail, null);
        }

        @Override
        public ErrorData.ErrorId data() {
            return new ErrorData.ErrorId(errorId);
        }
    }

    /** A call that was not carried out, or perhaps not, for reasons that pass. */
    public abstract static sealed class NotServed extends Failure {
        private static final Duration RETRY_AFTER = Duration.ofSeconds(1);
        private final Outcome outcome;

        private NotServed(String detail, Outcome outcome, @Nullable Throwable cause) {
            super(ErrorCode.UNAVAILABLE, detail, cause);
            this.outcome = outcome;
        }

        /** Whether the call can have taken effect. */
        public final Outcome outcome() {
            return outcome;
        }

        @Override
        public final ErrorData data() {
            return new ErrorData.NotServed(RETRY_AFTER.toMillis(), outcome);
        }
    }

    /** Redis could not be reached, did not answer in time or refused. */
    public static final class Unavailable extends NotServed {

        /**
         * Tells of a failing Redis.
         *
         * @param detail what happened, in words for the caller
         * @param outcome whether the call can have taken effect
         * @param cause for the log, null when there is none
         */
        public Unavailable(String detail, Outcome outcome, @Nullable Throwable cause) {
            super(detail, outcome, cause);
        }
    }

    /**
     * The same for a call that shared its connection with one whose {@link Unavailable} has told of its end already: it says nothing
     * more against Redis.
     */
    public static final class LostWithOthers extends NotServed {

        /**
         * Tells of a lost connection.
         *
         * @param detail what happened, in words for the caller
         * @param outcome whether the call can have taken effect
         * @param cause for the log, null when there is none
         */
        public LostWithOthers(String detail, Outcome outcome, @Nullable Throwable cause) {
            super(detail, outcome, cause);
        }
    }

    /** More work is offered than can be done. It says nothing against Redis. */
    public static final class Overloaded extends NotServed {

        /**
         * Tells of too much work.
         *
         * @param detail what happened, in words for the caller
         * @param outcome whether the call can have taken effect
         */
        public Overloaded(String detail, Outcome outcome) {
            super(detail, outcome, null);
        }
    }

    /** Whether a call that failed half-way can have taken effect. */
    @RegisterForReflection
    public enum Outcome {
        NOT_EXECUTED, UNKNOWN;

        /** The word that callers know it by. */
        @JsonValue
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}
