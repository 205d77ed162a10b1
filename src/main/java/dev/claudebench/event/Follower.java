package dev.claudebench.event;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.concurrent.atomic.AtomicBoolean;

import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

import dev.claudebench.rpc.Connections;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;

/**
 * One client that follows the fleet. Nothing is queued for it: it has a position, and takes the next events from the buffer as
 * fast as its connection carries them, or from Redis while the buffer does not reach back so far. All of it runs on the
 * event loop of its connection.
 */
final class Follower {
    private static final Logger LOG = Logger.getLogger(Follower.class);
    private static final long RETRY_MILLIS = 1000;
    /** With that much waiting for the connection, nothing is added. */
    private static final int WRITE_QUEUE_BYTES = 16 << 10;

    private final Vertx vertx;
    private final Context context;
    private final HttpServerRequest request;
    private final HttpServerResponse response;
    private final EventFilter filter;
    private final EventBuffer buffer;
    private final EventStore store;
    private final FollowerMetrics metrics;
    private final AtomicBoolean woken = new AtomicBoolean();
    /** Null until it is known where the stream is, for a client that wants what happens from now on. */
    private @Nullable Position position;
    /** The generation of the buffer that the position is known to be good in. */
    private long checkedIn = -1;
    private boolean readingFromRedis;
    private boolean closed;
    /** Whether what was written has not gone out since the last heartbeat. */
    private boolean stalled;

    Follower(Vertx vertx, HttpServerRequest request, @Nullable Position since, EventFilter filter, EventBuffer buffer,
            EventStore store, FollowerMetrics metrics) {
        this.vertx = vertx;
        this.context = vertx.getOrCreateContext();
        this.request = request;
        this.response = request.response();
        this.position = since;
        this.filter = filter;
        this.buffer = buffer;
        this.store = store;
        this.metrics = metrics;
    }

    /** Begins to feed the client. */
    void start() {
        response.setWriteQueueMaxSize(WRITE_QUEUE_BYTES);
        response.drainHandler(drained -> {
            stalled = false;
            feed();
        });
        response.write(ServerSentEvents.RETRY);
        feed();
    }

    /** There is something new. May be called from any thread, and costs little when it is called often. */
    void wake() {
        if (woken.compareAndSet(false, true)) {
            context.runOnContext(now -> {
                woken.set(false);
                feed();
            });
        }
    }

    /** Keeps the connection open, or drops a client that does not read. Called on the event loop of the connection. */
    void heartbeat() {
        if (closed) {
            return;
        }
        if (!response.writeQueueFull()) {
            response.write(ServerSentEvents.heartbeat(position));
        } else if (stalled) {
            metrics.dropped();
            LOG.debug("a client does not read its events and is dropped");
            Connections.abort(request);
        } else {
            stalled = true;
        }
    }

    boolean isConnected() {
        return Connections.isOpen(request);
    }

    /** To be told when the connection is gone. */
    void connectionGone() {
        closed = true;
    }

    /** Ends the stream; the client comes back by itself, to this or another replica. */
    void end() {
        context.runOnContext(now -> {
            if (!closed) {
                closed = true;
                response.end();
            }
        });
    }

    private void feed() {
        if (position == null) {
            beginNow();
        }
        while (!closed && !readingFromRedis && position != null && !response.writeQueueFull()) {
            EventBatch events = checkedIn == buffer.generation() ? buffer.after(position.after()) : null;
            if (events == null) {
                feedFromRedis(position);
                return;
            }
            if (events.isEmpty()) {
                return;
            }
            write(events, events.end());
        }
    }

    private void beginNow() {
        long generation = buffer.generation();
        StreamId now = buffer.last();
        if (now != null && !closed) {
            checkedIn = generation;
            position = Position.of(now);
            // a client that comes back before anything has happened goes on from here
            response.write(ServerSentEvents.lastEventId(position));
        }
    }

    private void write(EventBatch events, Position next) {
        int count = events.count(filter);
        position = next;
        if (count > 0) {
            metrics.sent(count);
            response.write(events.encoded(filter));
        }
    }

    private void feedFromRedis(Position from) {
        readingFromRedis = true;
        long generation = buffer.generation();
        store.after(from)
                .subscribe()
                .with(page -> context.runOnContext(now -> writePage(page, from, generation)),
                        failure -> context.runOnContext(now -> {
                            LOG.debug("events cannot be read; trying again", failure);
                            feedLater();
                        }));
    }

    private void writePage(EventStore.Page page, Position from, long generation) {
        if (closed) {
            return;
        }
        if (page.gap()) {
            metrics.gap();
            response.write(Buffer.buffer(ServerSentEvents.gap(from, page.events().first()).getBytes(UTF_8)));
        }
        write(page.events(), page.next());
        checkedIn = generation;
        if (page.next().equals(from) && buffer.after(from.after()) == null) {
            // nothing follows, and yet the buffer begins later, or nowhere: the reader is about to find out
            feedLater();
            return;
        }
        readingFromRedis = false;
        feed();
    }

    private void feedLater() {
        vertx.setTimer(RETRY_MILLIS, timer -> {
            readingFromRedis = false;
            feed();
        });
    }
}
