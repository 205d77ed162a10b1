package dev.claudebench.redis.embedded;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;

import dev.claudebench.config.Bounds;
import io.quarkus.arc.Unremovable;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithConverter;
import io.smallrye.config.WithDefault;

/** The Redis that the service runs itself when {@code quarkus.redis.hosts} is not set. */
@ConfigMapping(prefix = "claudebench.embedded-redis")
// a native executable, which has no use for them, starts with such settings all the same
@Unremovable
interface EmbeddedRedisConfig {

    /**
     * Where the embedded Redis keeps its data, its log and its program. Created for the owner alone if it is missing.
     * One service at a time can use it.
     */
    @WithDefault("${user.home}/.claudebench/redis")
    Path dataDir();

    /**
     * When a write reaches the disk: {@code everysec} may lose the last second if the machine crashes (not if only the
     * service or Redis does), {@code always} loses nothing and makes every write wait for the disk.
     */
    @WithDefault("everysec")
    AppendFsync appendFsync();

    /**
     * How long Redis may take to load its data before start-up fails. Also how long the Redis that a crashed service
     * left running may take to end before it is killed.
     */
    @WithDefault("30s")
    @WithConverter(Bounds.Time.class)
    Duration startTimeout();

    /** The values of Redis's {@code appendfsync} that keep a promise; {@code no} makes none. */
    enum AppendFsync {
        EVERYSEC, ALWAYS;

        String redisValue() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}
