package dev.claudebench.guard;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;

import dev.claudebench.config.Bounds;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithConverter;
import io.smallrye.config.WithDefault;

/** Limits on calls. {@code smallrye.faulttolerance.*} configures the circuit breakers. */
@ConfigMapping(prefix = "claudebench")
public interface GuardConfig {

    Overload overload();

    /** Rate limits by method name. */
    Map<String, RateLimit> rateLimit();

    /** The limit on active calls. */
    interface Overload {

        /** Maximum number of active calls of a replica; more are refused at once. */
        @WithDefault("512")
        @WithConverter(Bounds.AtLeastOne.class)
        int maxCalls();
    }

    /** The limit for each caller of a method, over all replicas. The method bean declares the defaults. */
    interface RateLimit {

        /** Maximum number of calls in a window; 0 for no limit. */
        Optional<@WithConverter(Bounds.AtLeastZero.class) Integer> limit();

        /** The length of the sliding window. */
        Optional<@WithConverter(Bounds.Time.class) Duration> window();
    }
}
