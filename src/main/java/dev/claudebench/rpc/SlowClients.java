package dev.claudebench.rpc;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;

import org.eclipse.microprofile.config.inject.ConfigProperty;

import io.quarkus.runtime.configuration.MemorySize;
import io.quarkus.vertx.http.runtime.filters.Filters;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import io.vertx.ext.web.RoutingContext;

/**
 * Bounds what slow clients can make the service hold, on all paths: a body has to be there in time, bodies under way share a
 * bounded part of the memory, and the next request of a client waits until the client has read its answers. Quarkus bounds only
 * the size of one body and the time for which a connection is idle. Fault test: SlowClientsIT.
 */
@ApplicationScoped
class SlowClients {
    /** Among the filters: before anything that reads a body. */
    static final int ORDER = 10_000;
    /** A connection itself holds as much: such calls always have room. */
    private static final long TINY_BYTES = 2 << 10;
    /** Ordinary bodies are smaller, and have room whatever large ones are under way. */
    private static final long LARGE_BYTES = 16 << 10;

    /** Whether this thread is handling a request. */
    private static final ThreadLocal<Boolean> HANDLING = ThreadLocal.withInitial(() -> false);

    private final Vertx vertx;
    private final long timeoutMillis;
    private final long maxBodyBytes;
    private final Room smallBodies = new Room();
    private final Room largeBodies = new Room();

    SlowClients(Vertx vertx, RpcConfig config,
            @ConfigProperty(name = "quarkus.http.limits.max-body-size") MemorySize maxBodySize) {
        this.vertx = vertx;
        this.timeoutMillis = config.bodyTimeout().toMillis();
        this.maxBodyBytes = maxBodySize.asLongValue();
    }

    void add(@Observes Filters filters) {
        filters.register(this::handle, ORDER);
    }

    private void handle(RoutingContext routing) {
        HttpServerResponse response = routing.response();
        long bytes = announcedBytes(routing.request());
        Room room = bytes > LARGE_BYTES ? largeBodies : smallBodies;
        long toTake = bytes <= TINY_BYTES ? 0 : bytes;
        if (bytes > maxBodyBytes) {
            HttpError.endConnection(routing, HttpError.TOO_LARGE, HttpError.TOO_LARGE_TEXT);
        } else if (!room.take(toTake)) {
            HttpError.endConnection(routing, HttpError.UNAVAILABLE, "too many bodies are under way: repeat it later");
        } else {
            if (bytes > 0) {
                receive(routing.request(), room, toTake);
            }
            handleOnceAnswersAreRead(routing, response);
        }
    }

    private void receive(HttpServerRequest request, Room room, long taken) {
        long timer = vertx.setTimer(timeoutMillis, late -> {
            Future<Void> unused = request.connection().close();
        });
        request.end().onComplete(ended -> {
            vertx.cancelTimer(timer);
            room.leave(taken);
        });
    }

    private static void handleOnceAnswersAreRead(RoutingContext routing, HttpServerResponse response) {
        if (response.writeQueueFull()) {
            response.drainHandler(drained -> {
                response.drainHandler(null);
                next(routing);
            });
        } else {
            next(routing);
        }
    }

    /** The end of an answer begins the next request of the connection, on the same stack: thousands would overflow it. */
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

    /** A body that does not announce its length may become as large as any. */
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
