package dev.claudebench.guard;

import java.time.Duration;
import java.util.Map;

import dev.claudebench.config.Bounds;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithConverter;
import io.smallrye.config.WithDefault;

/** What protects Redis and the service from too many calls and from waiting in vain. */
@ConfigMapping(prefix = "claudebench")
public interface GuardConfig {

    CircuitBreaker circuitBreaker();

    Overload overload();

    /** By method name. A method that is not named here has no limit. */
    Map<String, RateLimit> rateLimit();

    /** When to stop asking a Redis that does not answer. */
    interface CircuitBreaker {

        /** How many failures in a row open the breaker of a method group. */
        @WithDefault("5")
        @WithConverter(Bounds.AtLeastOne.class)
        int failures();

        /**
         * How long an open breaker refuses calls before one is let through as a probe. It refuses heartbeats, too: those of a
         * short outage of Redis must get through again before the time to live is over.
         */
        @WithDefault("1s")
        @WithConverter(Bounds.Time.class)
        Duration delay();
    }

    /** How much may be under way at once. */
    interface Overload {

        /** How many calls one replica has under way at once; more are refused at once. */
        @WithDefault("512")
        @WithConverter(Bounds.AtLeastOne.class)
        int maxCalls();
    }

    /** How often one caller may call one method, over all replicas. */
    interface RateLimit {

        /** How many calls are admitted in a window; 0 lifts the limit. */
        @WithConverter(Bounds.AtLeastZero.class)
        int limit();

        /** The length of the sliding window. */
        @WithDefault("1m")
        @WithConverter(Bounds.Time.class)
        Duration window();
    }
}
