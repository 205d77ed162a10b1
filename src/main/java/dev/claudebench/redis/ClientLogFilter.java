package dev.claudebench.redis;

import java.nio.channels.ClosedChannelException;
import java.util.logging.Filter;
import java.util.logging.LogRecord;

import dev.claudebench.method.LogLimit;
import io.quarkus.logging.LoggingFilter;

/**
 * Limits the log lines of the Redis client, which writes one for each broken connection and, while a Sentinel is lost, one a second.
 * {@link Outages} logs outages.
 */
@LoggingFilter(name = "redis-client")
public final class ClientLogFilter implements Filter {
    private final LogLimit limit = new LogLimit();

    @Override
    public boolean isLoggable(LogRecord line) {
        String logger = String.valueOf(line.getLoggerName());
        if (!logger.startsWith("io.vertx.redis.client.")) {
            return true;
        }
        // The service closes connections when it stops, perhaps while they are being opened.
        return !(line.getThrown() instanceof ClosedChannelException) && limit.admits(logger + line.getMessage());
    }
}
