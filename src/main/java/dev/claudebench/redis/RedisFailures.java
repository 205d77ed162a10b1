package dev.claudebench.redis;

import java.nio.channels.ClosedChannelException;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;

import dev.claudebench.method.Failure;
import dev.claudebench.method.Failure.Outcome;
import io.vertx.core.http.ConnectionPoolTooBusyException;
import io.vertx.redis.client.Response;

/** Maps errors of Redis, of its client and of scripts to what the caller gets. */
final class RedisFailures {
    /** Error codes with which Redis refuses a script before it has written anything, because of the state of the server. */
    private static final Set<String> REFUSALS = Set.of("LOADING", "READONLY", "OOM", "MISCONF", "MASTERDOWN",
            "CLUSTERDOWN", "TRYAGAIN", "BUSY", "NOREPLICAS");

    private static final String BROKEN = "The connection to Redis broke";
    /** What becomes of one connection, be it new or in use. */
    private static final Set<String> OF_A_CONNECTION = Set.of(BROKEN, SetupAdvice.TLS_MISSING);

    private RedisFailures() {}

    static boolean isNoScript(Throwable error) {
        return codeOf(error).equals("NOSCRIPT");
    }

    /** Returns whether the run was not sent because its connection, which it does not share, was already closed. */
    static boolean isNotSent(Throwable error) {
        return error instanceof ClosedChannelException || "Connection is closed".equals(error.getMessage());
    }

    /** @param isSent whether the run was sent; if not, it was still waiting for a connection */
    static Failure ofTimeout(boolean isSent, boolean redisAnswers) {
        Outcome outcome = isSent ? Outcome.UNKNOWN : Outcome.NOT_EXECUTED;
        if (redisAnswers) {
            return new Failure.Overloaded("Overloaded: Redis answers, but not this call in time", outcome);
        }
        return new Failure.Unavailable(isSent ? "Redis did not answer in time" : "No connection to Redis in time",
                outcome, null);
    }

    static Failure ofMove() {
        return new Failure.Uncounted("Redis moves the keys of the bench to another server", Outcome.NOT_EXECUTED, null);
    }

    /** @param isSent whether the run was sent */
    static Throwable of(Script script, Throwable error, boolean isSent) {
        if (error instanceof ConnectionPoolTooBusyException) {
            return new Failure.Overloaded("Overloaded: too many calls wait for a connection to Redis",
                    Outcome.NOT_EXECUTED);
        }
        if (!isSent || isNotSent(error)) {
            String text = Objects.requireNonNullElse(SetupAdvice.forConnecting(error), "Redis cannot be reached");
            return new Failure.Unavailable(text, Outcome.NOT_EXECUTED, error);
        }
        // The client reports the end of a connection as if it were a reply.
        if (!(error instanceof Response) || codeOf(error).equals("CONNECTION_CLOSED")) {
            return new Failure.Unavailable(BROKEN, Outcome.UNKNOWN, error);
        }
        return ofReply(script, String.valueOf(error.getMessage()));
    }

    /** Returns the message of a failure and of its causes, such as the error of Redis for a wrong password. For operators. */
    static String reason(Throwable failure) {
        StringBuilder reason = new StringBuilder(textOf(failure));
        for (Throwable cause = failure.getCause(); cause != null; cause = cause.getCause()) {
            String text = textOf(cause);
            if (reason.indexOf(text) < 0) {
                reason.append(": ").append(text);
            }
        }
        return reason.toString();
    }

    /** Returns its message in one line, or its kind if it has none, as that of a closed channel. */
    private static String textOf(Throwable error) {
        return Objects.requireNonNullElse(error.getMessage(), error.getClass().getSimpleName())
                .replaceAll("\\R\\s*(- )?", "; ");
    }

    /** Returns the failure for the other calls of a run: one connection that breaks is one failure, however many calls share it. */
    static Throwable ofOthers(Throwable failure) {
        return OF_A_CONNECTION.contains(String.valueOf(failure.getMessage())) ? uncounted(failure) : failure;
    }

    /** Returns the same failure for the caller, but none for a circuit breaker. */
    static Throwable uncounted(Throwable failure) {
        return failure instanceof Failure.Unavailable counted
                ? new Failure.Uncounted(counted.text(), counted.outcome(), counted.getCause())
                : failure;
    }

    /** Maps an error with which Redis replied to a run, or a run to one of its calls. */
    static Throwable ofReply(Script script, String error) {
        String code = codeOf(error);
        if (REFUSALS.contains(code)) {
            return new Failure.Unavailable("Redis refuses work: " + code, Outcome.NOT_EXECUTED,
                    new RedisErrorException(error));
        }
        String advice = SetupAdvice.forReply(error);
        if (advice != null) {
            // Redis mentions the script in the error of one of its commands, before which the script may have written.
            Outcome outcome = error.toLowerCase(Locale.ROOT).contains("script")
                    ? Outcome.UNKNOWN
                    : Outcome.NOT_EXECUTED;
            return new Failure.Unavailable(advice, outcome, new RedisErrorException(error));
        }
        // SCRIPT KILL only ends a script that has not written anything.
        if (error.contains("Script killed by user")) {
            return new Failure.Unavailable("An operator of Redis has ended the script", Outcome.NOT_EXECUTED,
                    new RedisErrorException(error));
        }
        if (code.equals("WRONGTYPE")) {
            return new Failure.WrongType(error.substring(code.length() + 1));
        }
        return new RedisErrorException(
                "script " + script.name() + " failed at '" + script.lineOf(error) + "': " + error);
    }

    private static String codeOf(Throwable error) {
        return error instanceof Response ? codeOf(String.valueOf(error.getMessage())) : "";
    }

    /** Returns the first word, which is the kind of the error. */
    private static String codeOf(String error) {
        int end = error.indexOf(' ');
        return end < 0 ? error : error.substring(0, end);
    }
}
