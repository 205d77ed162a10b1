package dev.claudebench.config;

import java.time.Duration;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithConverter;
import io.smallrye.config.WithDefault;

/** The life of an instance. */
@ConfigMapping(prefix = "claudebench.instance")
public interface InstanceConfig {

    /** How long an instance lives past its last register or heartbeat. Its leader lease and its records end with it. */
    @WithDefault("30s")
    @WithConverter(Bounds.Time.class)
    Duration ttl();

    /** How often a running replica clears away what has died; {@code off} leaves it to the calls. */
    @WithDefault("1s")
    String sweepInterval();
}
