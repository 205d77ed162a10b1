package dev.claudebench.redis;

import java.time.Duration;

import dev.claudebench.config.Bounds;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithConverter;
import io.smallrye.config.WithDefault;

/** How the service uses Redis. {@code quarkus.redis.*} configures the connection. */
@ConfigMapping(prefix = "claudebench.redis")
public interface RedisConfig {

    /** The beginning of every key. With a Redis Cluster, a hash tag in it keeps all benches in one slot. */
    @WithDefault("cb:")
    @WithConverter(Bounds.Text.class)
    String keyPrefix();

    /** Maximum time for a script, including the waits for a run and for a connection. */
    @WithDefault("2s")
    @WithConverter(Bounds.Time.class)
    Duration timeout();

    /** Approximate number of events that the stream keeps. */
    @WithDefault("10000")
    @WithConverter(Bounds.AtLeastOne.class)
    int streamLength();
}
