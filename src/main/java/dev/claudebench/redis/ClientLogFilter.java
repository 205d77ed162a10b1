package dev.claudebench.redis;

import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.util.concurrent.RejectedExecutionException;
import java.util.logging.Filter;
import java.util.logging.LogRecord;

import dev.claudebench.method.LogLimit;
import io.quarkus.logging.LoggingFilter;

/**
 * Limits the log lines of the clients of other servers, and keeps out stack traces of the network. That of Redis writes a line for each
 * broken connection and, while a Sentinel is lost, one a second; {@link Outages} logs outages. Each connection to a server whose
 * certificate has expired makes one, too.
 */
@LoggingFilter(name = "clients")
public final class ClientLogFilter implements Filter {
    private final LogLimit limit = new LogLimit();

    @Override
    public boolean isLoggable(LogRecord line) {
        String logger = String.valueOf(line.getLoggerName());
        Throwable thrown = line.getThrown();
        if (thrown != null && (logger.startsWith("io.quarkus.oidc.") || logger.startsWith("io.quarkus.tls."))) {
            line.setMessage(line.getMessage().replaceFirst(":*$", "") + ": " + thrown.getMessage());
            line.setThrown(null);
            return limit.admits(logger + line.getMessage());
        }
        if (!logger.startsWith("io.vertx.redis.client.")) {
            // A connection that was being opened when the service stopped.
            return !(thrown instanceof RejectedExecutionException && logger.endsWith(".VertxCoreRecorder"));
        }
        // The end of a connection, be it that the service closes it when it stops.
        boolean isEnd = thrown instanceof ClosedChannelException
                || (thrown instanceof IOException && logger.endsWith(".RedisConnectionManager"));
        return !isEnd && limit.admits(logger + line.getMessage());
    }
}
