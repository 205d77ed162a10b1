package dev.claudebench.method;

import java.time.Duration;

/** The bench and the method that are called, the caller, and how many calls of the method by this caller the script admits. */
public record CallContext(Bench bench, String method, Caller caller, Limit limit) {

    /** A call without a limit, which {@link RateLimited} adds. */
    public CallContext(Bench bench, String method, Caller caller) {
        this(bench, method, caller, Limit.NONE);
    }

    /** Returns the same call for another bench. */
    public CallContext on(Bench other) {
        return new CallContext(other, method, caller, limit);
    }

    public CallContext limitedTo(Limit of) {
        return new CallContext(bench, method, caller, of);
    }

    /** The maximum number of calls in a sliding window, 0 for no limit. */
    public record Limit(int calls, Duration window) {
        public static final Limit NONE = new Limit(0, Duration.ZERO);
    }
}
