package dev.claudebench.cli;

import java.time.Duration;

/** Why a command, or a call that it makes, has no result. The message is for people, says what to do, and becomes one line. */
final class CommandFailure extends RuntimeException {
    private final int exitCode;
    private final String reason;
    private final transient Duration retryAfter;

    private CommandFailure(int exitCode, String message, String reason, Duration retryAfter) {
        super(message, null, false, false);
        this.exitCode = exitCode;
        this.reason = reason;
        this.retryAfter = retryAfter;
    }

    static CommandFailure usage(String message) {
        return new CommandFailure(Exit.USAGE, message, "", Duration.ZERO);
    }

    /** @param reason the named reason of the service, empty if it has given none */
    static CommandFailure refused(String message, String reason) {
        return new CommandFailure(Exit.REFUSED, message, reason, Duration.ZERO);
    }

    /** @param retryAfter how long the service wants callers to wait, zero if it has not said it */
    static CommandFailure unavailable(String message, Duration retryAfter) {
        return new CommandFailure(Exit.UNAVAILABLE, message, "", retryAfter);
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

    Duration retryAfter() {
        return retryAfter;
    }

    String text() {
        return String.valueOf(getMessage());
    }
}
