package dev.claudebench.redis;

import java.nio.channels.ClosedChannelException;
import java.util.Set;

import dev.claudebench.method.Failure;
import dev.claudebench.method.Failure.Outcome;
import io.vertx.core.http.ConnectionPoolTooBusyException;
import io.vertx.redis.client.Response;

/** What errors of Redis, of its client and of scripts mean to a caller. */
final class RedisFailures {
    /** Error codes by which Redis refuses a script before it has written anything. The state of the server is the cause. */
    private static final Set<String> REFUSALS = Set.of("LOADING", "READONLY", "OOM", "MISCONF", "MASTERDOWN",
            "CLUSTERDOWN", "TRYAGAIN", "BUSY", "NOAUTH", "NOREPLICAS");

    private RedisFailures() {}

    static boolean isNoScript(Throwable error) {
        return codeOf(error).equals("NOSCRIPT");
    }

    /** Whether the connection was already closed when the run was to be sent on it. Nobody else sends on it. */
    static boolean isNotSent(Throwable error) {
        return error instanceof ClosedChannelException || "Connection is closed".equals(error.getMessage());
    }

    /** @param isSent whether the run was sent, or had to wait for a connection */
    static Failure ofTimeout(boolean isSent, boolean redisAnswers) {
        Outcome outcome = isSent ? Outcome.UNKNOWN : Outcome.NOT_EXECUTED;
        if (redisAnswers) {
            return new Failure.Overloaded("Overloaded: Redis answers, but not this call in time", outcome);
        }
        return new Failure.Unavailable(isSent ? "Redis did not answer in time" : "No connection to Redis in time",
                outcome, null);
    }

    /** @param isSent whether the run was sent */
    static Throwable of(Script script, Throwable error, boolean isSent) {
        if (error instanceof ConnectionPoolTooBusyException) {
            return new Failure.Overloaded("Overloaded: too many calls wait for a connection to Redis",
                    Outcome.NOT_EXECUTED);
        }
        if (!isSent || isNotSent(error)) {
            SetupFault fault = SetupFault.ofConnecting(error);
            return new Failure.Unavailable(fault == null ? "Redis cannot be reached" : fault.advice(),
                    Outcome.NOT_EXECUTED, error);
        }
        // the client tells the end of a connection as if it were a reply
        if (!(error instanceof Response) || codeOf(error).equals("CONNECTION_CLOSED")) {
            return new Failure.Unavailable("The connection to Redis broke", Outcome.UNKNOWN, error);
        }
        return ofReply(script, String.valueOf(error.getMessage()), Outcome.NOT_EXECUTED);
    }

    /** What a failure is and why, for operators: with what Redis or the network said, such as that a password is wrong. */
    static String reason(Throwable failure) {
        StringBuilder reason = new StringBuilder(String.valueOf(failure.getMessage()));
        for (Throwable cause = failure.getCause(); cause != null; cause = cause.getCause()) {
            String text = String.valueOf(cause.getMessage());
            if (reason.indexOf(text) < 0) {
                reason.append(": ").append(text);
            }
        }
        return reason.toString();
    }

    /** The same for the other calls of a run: the breakers count what happened to them all once. */
    static Throwable ofOthers(Throwable failure) {
        return failure instanceof Failure.Unavailable first
                ? new Failure.LostWithOthers(first.text(), first.outcome(), first.getCause())
                : failure;
    }

    /**
     * What Redis answered to a run, or a run to a call: an error.
     *
     * @param outcome of a call that Redis stopped for a fault of its setup. Redis checks a run before it begins, but what a script
     *            does only as it comes to it.
     */
    static Throwable ofReply(Script script, String error, Outcome outcome) {
        // without a password, Redis reads no command of more than ten words
        String code = error.contains("unauthenticated") ? "NOAUTH" : codeOf(error);
        if (REFUSALS.contains(code)) {
            return new Failure.Unavailable("Redis refuses work: " + code, Outcome.NOT_EXECUTED,
                    new RedisErrorException(error));
        }
        SetupFault fault = SetupFault.ofReply(code, error);
        if (fault != null) {
            return new Failure.Unavailable(fault.advice(), outcome, new RedisErrorException(error));
        }
        // Redis lets a script be killed only as long as it has not written anything
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

    /** The first word, which names the kind of an error. */
    private static String codeOf(String error) {
        int end = error.indexOf(' ');
        return end < 0 ? error : error.substring(0, end);
    }
}
