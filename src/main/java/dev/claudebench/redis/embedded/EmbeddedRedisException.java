package dev.claudebench.redis.embedded;

import io.quarkus.runtime.configuration.ConfigurationException;

/**
 * The embedded Redis cannot run; the message tells the operator why and what to change. Quarkus prints a
 * {@link ConfigurationException} that has no cause as its message alone, without a stack trace.
 */
final class EmbeddedRedisException extends ConfigurationException {
    /** What to do where no Redis can be embedded. */
    static final String REMEDY = "Run a Redis 7 or later and set quarkus.redis.hosts to its address, "
            + "such as redis://localhost:6379";

    EmbeddedRedisException(String message) {
        super(message);
    }

    EmbeddedRedisException(String message, Throwable cause) {
        super(message, cause);
    }
}
