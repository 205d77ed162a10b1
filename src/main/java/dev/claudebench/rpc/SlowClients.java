package dev.claudebench.rpc;

import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;

import org.eclipse.microprofile.config.inject.ConfigProperty;

import io.quarkus.runtime.configuration.MemorySize;
import io.quarkus.vertx.http.runtime.filters.Filters;
import io.vertx.core.Future;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import io.vertx.ext.web.RoutingContext;

/**
 * Bounds the memory that slow clients occupy, on all paths: limits the time in which a body must arrive and the memory of all
 * bodies in flight, and delays the next request of a client until it has read its answers. Quarkus limits only the size of one
 * body and the idle time of a connection. Fault test: SlowClientsIT.
 */
@ApplicationScoped
class SlowClients {
    /** Runs before any filter that reads a body. */
    static final int ORDER = 10_000;
    /** Smaller bodies are not bounded: a connection occupies as much itself. */
    private static final long TINY_BYTES = 2 << 10;
    /** Larger bodies have a bound of their own, so that they cannot block ordinary ones. */
    private static final long LARGE_BYTES = 16 << 10;

    /** Whether this thread handles a request. */
    private static final ThreadLocal<Boolean> HANDLING = ThreadLocal.withInitial(() -> false);

    private final long timeoutMillis;
    private final long maxBodyBytes;
    private final Semaphore smallBodies = room();
    private final Semaphore largeBodies = room();

    SlowClients(RpcConfig config,
            @ConfigProperty(name = "quarkus.http.limits.max-body-size") MemorySize maxBodySize) {
        this.timeoutMillis = config.bodyTimeout().toMillis();
        this.maxBodyBytes = maxBodySize.asLongValue();
    }

    /** Returns a permit for each byte of an eighth of the heap. */
    static Semaphore room() {
        return new Semaphore((int) Math.min(Runtime.getRuntime().maxMemory() / 8, Integer.MAX_VALUE));
    }

    void add(@Observes Filters filters) {
        filters.register(this::handle, ORDER);
    }

    private void handle(RoutingContext routing) {
        HttpServerResponse response = routing.response();
        long bytes = announcedBytes(routing.request());
        Semaphore room = bytes > LARGE_BYTES ? largeBodies : smallBodies;
        int permits = bytes <= TINY_BYTES ? 0 : (int) Math.min(bytes, Integer.MAX_VALUE);
        if (bytes > maxBodyBytes) {
            HttpError.endConnection(routing, HttpError.TOO_LARGE, HttpError.tooLarge(maxBodyBytes));
        } else if (!room.tryAcquire(permits)) {
            HttpError.endConnection(routing, HttpError.UNAVAILABLE,
                    "too many bodies are in flight: retry the request later");
        } else {
            if (bytes > 0) {
                receive(routing.request(), room, permits);
            }
            if (response.writeQueueFull()) {
                response.drainHandler(drained -> {
                    response.drainHandler(null);
                    next(routing);
                });
            } else {
                next(routing);
            }
        }
    }

    private void receive(HttpServerRequest request, Semaphore room, int permits) {
        request.end().timeout(timeoutMillis, TimeUnit.MILLISECONDS).onComplete(ended -> {
            room.release(permits);
            if (ended.cause() instanceof TimeoutException) {
                Future<Void> unused = request.connection().close();
            }
        });
    }

    /** Avoids recursion: the end of a response starts the next request of the connection on the same stack. */
    private static void next(RoutingContext routing) {
        if (HANDLING.get()) {
            routing.vertx().getOrCreateContext().runOnContext(later -> next(routing));
            return;
        }
        HANDLING.set(true);
        try {
            routing.next();
        } finally {
            HANDLING.set(false);
        }
    }

    /** Returns the content length, or the maximum for a body whose length is unknown. */
    private long announcedBytes(HttpServerRequest request) {
        String length = request.getHeader(HttpHeaders.CONTENT_LENGTH);
        if (length != null) {
            try {
                return Long.parseLong(length);
            } catch (NumberFormatException e) {
                return maxBodyBytes;
            }
        }
        boolean mayHaveBody = request.headers().contains(HttpHeaders.TRANSFER_ENCODING)
                || (request.version() == HttpVersion.HTTP_2 && request.method().equals(HttpMethod.POST));
        return mayHaveBody ? maxBodyBytes : 0;
    }
}
