package dev.claudebench.redis.embedded;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;

import dev.claudebench.config.Bounds;
import io.quarkus.arc.Unremovable;
import io.quarkus.runtime.configuration.MemorySize;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithConverter;
import io.smallrye.config.WithDefault;

/** The Redis that the service starts if {@code quarkus.redis.hosts} is not set. */
@ConfigMapping(prefix = "claudebench.embedded-redis")
// Unremovable so that a native executable, which does not use these settings, accepts them.
@Unremovable
interface EmbeddedRedisConfig {

    /**
     * The server to run: the path of a redis-server (7.0 or later) or valkey-server, {@code shipped} for the redis-server
     * that the service contains, or {@code auto}: an installed valkey-server or else redis-server on {@code PATH}, else the
     * shipped one.
     */
    @WithDefault(RedisProgram.AUTO)
    @WithConverter(Bounds.Text.class)
    String program();

    /**
     * The directory for the data, the log and the shipped program. Created if it is missing. Only its owner gets access, and only
     * one service at a time can use it.
     */
    @WithDefault("${user.home}/.claudebench/redis")
    Path dataDir();

    /**
     * When writes are flushed to disk. With {@code everysec} a crash of the machine, but not of the service or Redis, may
     * lose the last second; with {@code always} nothing is lost, but every write waits for the disk.
     */
    @WithDefault("everysec")
    AppendFsync appendFsync();

    /**
     * The most memory that the data may take. Redis refuses writes that need more. Not counted: the service, and what Redis
     * needs while it rewrites the append-only file, at most as much again.
     */
    @WithDefault("512M")
    MemorySize maxMemory();

    /**
     * Maximum time to load the data; start-up fails after it. Also the time after which the Redis of a crashed service is
     * killed if it has not exited.
     */
    @WithDefault("30s")
    @WithConverter(Bounds.Time.class)
    Duration startTimeout();

    /** The values of Redis's {@code appendfsync}, except {@code no}, which guarantees nothing. */
    enum AppendFsync {
        EVERYSEC, ALWAYS;

        String redisValue() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}
