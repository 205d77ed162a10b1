package dev.claudebench.config;

import java.time.Duration;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithConverter;
import io.smallrye.config.WithDefault;

/** The lifetime of instances. */
@ConfigMapping(prefix = "claudebench.instance")
public interface InstanceConfig {

    /** Time after the last registration or heartbeat at which an instance expires, and with it its leader lease and its records. */
    @WithDefault("30s")
    @WithConverter(Bounds.Time.class)
    Duration ttl();

    /** Interval at which a replica removes expired instances. With {@code off} only calls remove them. */
    @WithDefault("1s")
    String sweepInterval();
}
