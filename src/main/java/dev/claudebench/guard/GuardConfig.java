package dev.claudebench.guard;

import java.time.Duration;
import java.util.Map;

import jakarta.validation.Valid;
import jakarta.validation.constraints.Min;

import org.hibernate.validator.constraints.time.DurationMin;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;

/** What protects Redis and the service from too many calls and from waiting in vain. */
@ConfigMapping(prefix = "claudebench")
public interface GuardConfig {

    CircuitBreaker circuitBreaker();

    Overload overload();

    /** By method name. A method that is not named here has no limit. */
    Map<String, @Valid RateLimit> rateLimit();

    /** When to stop asking a Redis that does not answer. */
    interface CircuitBreaker {

        /** How many failures in a row open the breaker of a method group. */
        @WithDefault("5")
        @Min(1)
        int failures();

        /** How long an open breaker refuses calls before one is let through as a probe. */
        @WithDefault("30s")
        @DurationMin(millis = 1)
        Duration delay();
    }

    /** How much may be under way at once. */
    interface Overload {

        /** How many calls one replica carries out or keeps waiting for a Redis connection; more are refused at once. */
        @WithDefault("512")
        @Min(1)
        int maxCalls();
    }

    /** How often one caller may call one method, over all replicas. */
    interface RateLimit {

        /** How many calls are admitted in a window; 0 lifts the limit. */
        @Min(0)
        int limit();

        /** The length of the sliding window. */
        @WithDefault("1m")
        @DurationMin(millis = 1)
        Duration window();
    }
}
