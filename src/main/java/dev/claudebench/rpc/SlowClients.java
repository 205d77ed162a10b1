package dev.claudebench.rpc;

import java.util.concurrent.atomic.AtomicLong;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;

import org.eclipse.microprofile.config.inject.ConfigProperty;

import io.quarkus.runtime.configuration.MemorySize;
import io.quarkus.vertx.http.runtime.filters.Filters;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;

/**
 * Bounds what clients can make the service hold by being slow, on all paths: a body has to be there in time, the large ones
 * that are on their way share a part of the memory, and who does not read its answers is asked no further.
 */
@ApplicationScoped
class SlowClients {
    /** Before anything else that looks at a request. */
    private static final int FIRST = 10_000;
    /** Ordinary calls are smaller, and are not kept out by those who send large ones. */
    private static final long LARGE_BYTES = 16 << 10;
    private static final String RETRY_AFTER_SECONDS = "5";

    private final Vertx vertx;
    private final long timeoutMillis;
    private final long maxBodyBytes;
    private final long maxBytesOnTheirWay = Runtime.getRuntime().maxMemory() / 4;
    private final AtomicLong bytesOnTheirWay = new AtomicLong();

    SlowClients(Vertx vertx, RpcConfig config,
            @ConfigProperty(name = "quarkus.http.limits.max-body-size") MemorySize maxBodySize) {
        this.vertx = vertx;
        this.timeoutMillis = config.bodyTimeout().toMillis();
        this.maxBodyBytes = maxBodySize.asLongValue();
    }

    void add(@Observes Filters filters) {
        filters.register(this::handle, FIRST);
    }

    private void handle(RoutingContext routing) {
        HttpServerRequest request = routing.request();
        if (!request.isEnded() && !receive(request)) {
            refuse(routing.response(), request);
            return;
        }
        HttpServerResponse response = routing.response();
        if (response.writeQueueFull()) {
            // earlier answers are still to be taken: a client that sends on and on could have any number of them written
            response.drainHandler(drained -> {
                response.drainHandler(null);
                routing.next();
            });
        } else {
            routing.next();
        }
    }

    /** Sees to it that the body ends in time. False when there is no room for it now. */
    private boolean receive(HttpServerRequest request) {
        long bytes = announcedBytes(request);
        long held = bytes > LARGE_BYTES ? Math.min(bytes, maxBodyBytes) : 0;
        if (bytesOnTheirWay.addAndGet(held) > maxBytesOnTheirWay && held > 0) {
            bytesOnTheirWay.addAndGet(-held);
            return false;
        }
        long timer = vertx.setTimer(timeoutMillis, late -> close(request));
        request.end().onComplete(ended -> {
            vertx.cancelTimer(timer);
            bytesOnTheirWay.addAndGet(-held);
        });
        return true;
    }

    /** A body that comes in chunks may become as large as any. */
    private long announcedBytes(HttpServerRequest request) {
        String length = request.getHeader(HttpHeaders.CONTENT_LENGTH);
        if (length != null) {
            try {
                return Long.parseLong(length);
            } catch (NumberFormatException e) {
                return maxBodyBytes;
            }
        }
        return request.headers().contains(HttpHeaders.TRANSFER_ENCODING) ? maxBodyBytes : 0;
    }

    private static void refuse(HttpServerResponse response, HttpServerRequest request) {
        response.setStatusCode(503)
                .putHeader(HttpHeaders.RETRY_AFTER, RETRY_AFTER_SECONDS)
                .putHeader(HttpHeaders.CONNECTION, HttpHeaders.CLOSE)
                .end()
                .onComplete(written -> close(request));
    }

    private static void close(HttpServerRequest request) {
        Future<Void> unused = request.connection().close();
    }
}
