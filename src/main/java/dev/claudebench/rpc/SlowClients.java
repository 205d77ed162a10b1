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
 * Bounds what clients can make the service hold by being slow, on all paths: a body has to be there in time, and a large answer
 * taken; those that are on their way share parts of the memory; and who does not read its answers is asked no further.
 */
@ApplicationScoped
class SlowClients {
    /** Among the filters: before anything that reads a body. */
    static final int ORDER = 10_000;
    /** No more than the connection itself holds: such calls are not kept out by anybody. */
    private static final long TINY_BYTES = 2 << 10;
    /** Ordinary calls and answers are smaller, and are not kept out by those who send or want large ones. */
    private static final long LARGE_BYTES = 16 << 10;

    private final TimeLimit timeLimit;
    private final long maxBodyBytes;
    private final Room smallBodies = new Room();
    private final Room largeBodies = new Room();
    private final Room largeAnswers = new Room();

    /** A part of the memory, for what is on its way. */
    private static final class Room {
        private final long bytes = Runtime.getRuntime().maxMemory() / 8;
        private final AtomicLong taken = new AtomicLong();

        boolean take(long more) {
            long before = taken.get();
            while (before + more <= bytes) {
                if (taken.compareAndSet(before, before + more)) {
                    return true;
                }
                before = taken.get();
            }
            return false;
        }

        void leave(long less) {
            taken.addAndGet(-less);
        }
    }

    SlowClients(Vertx vertx, RpcConfig config,
            @ConfigProperty(name = "quarkus.http.limits.max-body-size") MemorySize maxBodySize) {
        this.timeLimit = new TimeLimit(vertx, config.bodyTimeout());
        this.maxBodyBytes = maxBodySize.asLongValue();
    }

    void add(@Observes Filters filters) {
        filters.register(this::handle, ORDER);
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
        long announced = announcedBytes(request);
        long bytes = announced <= TINY_BYTES ? 0 : Math.min(announced, maxBodyBytes);
        Room room = bytes > LARGE_BYTES ? largeBodies : smallBodies;
        if (!room.take(bytes)) {
            return false;
        }
        TimeLimit.Running reading = timeLimit.begin(() -> close(request));
        request.end().onComplete(ended -> {
            reading.end();
            room.leave(bytes);
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

    /**
     * Sees to it that an answer, which is about to be written, is taken in time. False when there is no room for it now.
     *
     * @param bytes its length
     */
    boolean answer(RoutingContext routing, int bytes) {
        if (bytes <= LARGE_BYTES) {
            return true;
        }
        if (!largeAnswers.take(bytes)) {
            return false;
        }
        HttpServerRequest request = routing.request();
        TimeLimit.Running writing = timeLimit.begin(() -> {
            largeAnswers.leave(bytes);
            Connections.abort(request);
        });
        routing.addEndHandler(written -> Connections.whenTaken(request, () -> {
            if (writing.end()) {
                largeAnswers.leave(bytes);
            }
        }));
        return true;
    }

    private static void refuse(HttpServerResponse response, HttpServerRequest request) {
        HttpAnswer.comeBackLater(response)
                .putHeader(HttpHeaders.CONNECTION, HttpHeaders.CLOSE)
                .end()
                .onComplete(written -> close(request));
    }

    private static void close(HttpServerRequest request) {
        Future<Void> unused = request.connection().close();
    }
}
