package dev.claudebench.redis;

/** Redis ran a script, or began to, and answered with an error: a defect of the script or of the data. */
public final class ScriptFailedException extends RuntimeException {

    ScriptFailedException(Script script, Throwable cause) {
        super("script " + script.name() + " failed at: " + script.lineOf(cause), cause);
    }
}
