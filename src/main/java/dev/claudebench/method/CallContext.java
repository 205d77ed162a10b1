package dev.claudebench.method;

import java.time.Duration;

/**
 * What a call carries besides its params.
 *
 * @param method the name of the method
 * @param caller who calls
 * @param limit how many calls of this method by this caller its script admits
 */
public record CallContext(String method, Caller caller, Limit limit) {

    /** A call that is not limited; {@link RateLimited} adds the limit. */
    public CallContext(String method, Caller caller) {
        this(method, caller, Limit.NONE);
    }

    /** The same call, with a limit. */
    public CallContext limitedTo(Limit of) {
        return new CallContext(method, caller, of);
    }

    /**
     * A rate limit.
     *
     * @param calls the most calls in a window; 0 for no limit
     * @param window the length of the sliding window
     */
    public record Limit(int calls, Duration window) {
        /** Admits every call. */
        public static final Limit NONE = new Limit(0, Duration.ZERO);
    }
}
