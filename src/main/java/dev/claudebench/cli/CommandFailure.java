package dev.claudebench.cli;

import java.time.Duration;

/** Why a command, or a call that it makes, has no result. The message is for people, says what to do, and becomes one line. */
final class CommandFailure extends RuntimeException {
    private final int exitCode;
    private final String reason;
    private final transient Duration retryAfter;
    private final boolean isUncertain;

    private CommandFailure(int exitCode, String message, String reason, Duration retryAfter, boolean isUncertain) {
        super(message, null, false, false);
        this.isUncertain = isUncertain;
        this.exitCode = exitCode;
        this.reason = reason;
        this.retryAfter = retryAfter;
    }

    static CommandFailure usage(String message) {
        return new CommandFailure(Exit.USAGE, message, "", Duration.ZERO, false);
    }

    /** @param reason the named reason of the service, empty if it has given none */
    static CommandFailure refused(String message, String reason) {
        return new CommandFailure(Exit.REFUSED, message, reason, Duration.ZERO, false);
    }

    /** @param retryAfter how long the service wants callers to wait, zero if it has not said it */
    static CommandFailure unavailable(String message, Duration retryAfter) {
        return new CommandFailure(Exit.UNAVAILABLE, message, "", retryAfter, false);
    }

    /** The same for a call that the service may have carried out. */
    static CommandFailure uncertain(String message, Duration retryAfter) {
        return new CommandFailure(Exit.UNAVAILABLE, message, "", retryAfter, true);
    }

    /** Returns the same failure with more to say. */
    CommandFailure saying(String more) {
        return new CommandFailure(exitCode, text() + more, reason, retryAfter, isUncertain);
    }

    int exitCode() {
        return exitCode;
    }

    String reason() {
        return reason;
    }

    /** Whether the same call may succeed later. */
    boolean isTemporary() {
        return exitCode == Exit.UNAVAILABLE;
    }

    /** Whether the call may have had its effect. */
    boolean isUncertain() {
        return isUncertain;
    }

    Duration retryAfter() {
        return retryAfter;
    }

    String text() {
        return String.valueOf(getMessage());
    }
}
