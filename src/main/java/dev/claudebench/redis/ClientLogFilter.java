package dev.claudebench.redis;

import java.util.logging.Filter;
import java.util.logging.LogRecord;

import dev.claudebench.method.LogLimit;
import io.quarkus.logging.LoggingFilter;

/**
 * Limits what the Redis client logs by itself: a line for each connection that breaks or cannot be made, and one a second for a lost
 * Sentinel. {@link Outages} logs what matters of it.
 */
@LoggingFilter(name = "redis-client")
public final class ClientLogFilter implements Filter {
    private final LogLimit limit = new LogLimit();

    @Override
    public boolean isLoggable(LogRecord line) {
        String logger = String.valueOf(line.getLoggerName());
        return !logger.startsWith("io.vertx.redis.client.") || limit.admits(logger + line.getMessage());
    }
}
