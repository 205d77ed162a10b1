package dev.claudebench.method;

import java.time.Duration;

/** The method that is called, the caller, and how many calls of the method by this caller the script admits. */
public record CallContext(String method, Caller caller, Limit limit) {

    /** A call without a limit, which {@link RateLimited} adds. */
    public CallContext(String method, Caller caller) {
        this(method, caller, Limit.NONE);
    }

    public CallContext limitedTo(Limit of) {
        return new CallContext(method, caller, of);
    }

    /** The maximum number of calls in a sliding window, 0 for no limit. */
    public record Limit(int calls, Duration window) {
        public static final Limit NONE = new Limit(0, Duration.ZERO);
    }
}
