package dev.claudebench.cli;

/** Exit codes of the commands. docs/cb.md lists them. */
final class Exit {
    static final int OK = 0;
    /** The service has refused the call. Repeating it does not help. */
    static final int REFUSED = 1;
    /** The arguments, or the variables in their place, are wrong. */
    static final int USAGE = 2;
    /** The service cannot be reached, or cannot do it now. */
    static final int UNAVAILABLE = 3;
    /** The task is dead, or this attempt of it has failed. */
    static final int FAILED = 4;
    static final int CANCELLED = 5;
    /** The time is over, or there was no task. */
    static final int NOTHING = 6;
    /** An error that no command expects. */
    static final int DEFECT = 70;

    private Exit() {}
}
