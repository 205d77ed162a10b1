package dev.claudebench.redis.embedded;

import io.quarkus.runtime.configuration.ConfigurationException;

/**
 * The embedded Redis cannot run. The message tells the operator why, and what to change. Quarkus prints only the message of a
 * {@link ConfigurationException} without a cause, not its stack trace.
 */
final class EmbeddedRedisException extends ConfigurationException {
    /** What to do on a platform without an embedded Redis. */
    static final String REMEDY = "Run a Redis 7 or later and set quarkus.redis.hosts to its address, "
            + "such as redis://localhost:6379";

    EmbeddedRedisException(String message) {
        super(message);
    }
}
