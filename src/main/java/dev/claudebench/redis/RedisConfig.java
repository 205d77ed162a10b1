package dev.claudebench.redis;

import java.time.Duration;

import dev.claudebench.config.Bounds;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithConverter;
import io.smallrye.config.WithDefault;

/** How the service uses Redis. Where Redis is comes from Quarkus's own {@code quarkus.redis.*}. */
@ConfigMapping(prefix = "claudebench.redis")
public interface RedisConfig {

    /** What every key begins with. Against a Redis Cluster it must hold a hash tag, such as {@code {cb}:}. */
    @WithDefault("cb:")
    @WithConverter(Bounds.Text.class)
    String keyPrefix();

    /** How long a script may take, waiting for its turn and for a connection included. */
    @WithDefault("2s")
    @WithConverter(Bounds.Time.class)
    Duration timeout();

    /** About how many events the stream keeps. */
    @WithDefault("10000")
    @WithConverter(Bounds.AtLeastOne.class)
    int streamLength();
}
