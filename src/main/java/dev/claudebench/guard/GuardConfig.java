package dev.claudebench.guard;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;

import dev.claudebench.config.Bounds;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithConverter;
import io.smallrye.config.WithDefault;

/** Bounds on calls. Circuit breakers are configured by SmallRye Fault Tolerance's own keys. */
@ConfigMapping(prefix = "claudebench")
public interface GuardConfig {

    Overload overload();

    /** By method name. */
    Map<String, RateLimit> rateLimit();

    /** The bound on calls under way. */
    interface Overload {

        /** The most calls under way in one replica; more are refused at once. */
        @WithDefault("512")
        @WithConverter(Bounds.AtLeastOne.class)
        int maxCalls();
    }

    /** How often one caller may call one method, over all replicas. What is left out is as the method bean declares. */
    interface RateLimit {

        /** The most calls in a window; 0 for no limit. */
        Optional<@WithConverter(Bounds.AtLeastZero.class) Integer> limit();

        /** The length of the sliding window. */
        Optional<@WithConverter(Bounds.Time.class) Duration> window();
    }
}
