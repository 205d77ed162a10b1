package dev.claudebench.event;

import static java.nio.charset.StandardCharsets.UTF_8;

import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.subscription.UniEmitter;
import io.vertx.core.Context;
import io.vertx.core.Vertx;

/**
 * One client that follows the fleet. Nothing is queued for it: it has a position, and whenever its connection has taken what was
 * written, it pulls the next events from the buffer, or from Redis while the buffer does not reach back so far.
 */
final class Follower {
    private static final Logger LOG = Logger.getLogger(Follower.class);
    private static final long RETRY_MILLIS = 1000;
    private static final byte[] END = {};

    private final Vertx vertx;
    /** The event loop of the connection, on which everything is written. */
    private final Context context;
    private final EventFilter filter;
    private final EventBuffer buffer;
    private final EventStore store;
    private final FollowerMetrics metrics;
    /** The client's demand; null while it has not taken what was written. */
    private @Nullable UniEmitter<? super byte[]> demand;
    /** Null until it is known where the stream is, for a client that wants what happens from now on. */
    private @Nullable Position position;
    /** The generation of the buffer that the position is known to be good in. */
    private long checkedIn = -1;
    private boolean greeted;
    private boolean readingFromRedis;
    private boolean ended;
    /** Whether there has been no demand since the last heartbeat. */
    private boolean stalled;

    Follower(Vertx vertx, @Nullable Position since, EventFilter filter, EventBuffer buffer, EventStore store,
            FollowerMetrics metrics) {
        this.vertx = vertx;
        this.context = vertx.getOrCreateContext();
        this.position = since;
        this.filter = filter;
        this.buffer = buffer;
        this.store = store;
        this.metrics = metrics;
    }

    /** The text of the stream, part by part as the client takes it. */
    Multi<byte[]> parts() {
        return Multi.createBy()
                .repeating()
                .uni(() -> Uni.createFrom()
                        .<byte[]>emitter(this::demanded)
                        .emitOn(command -> context.runOnContext(now -> command.run())))
                .until(part -> part == END);
    }

    private synchronized void demanded(UniEmitter<? super byte[]> emitter) {
        demand = emitter;
        stalled = false;
        if (greeted) {
            wake();
        } else {
            greeted = true;
            write(ServerSentEvents.RETRY);
        }
    }

    /** There may be something new for the client. */
    synchronized void wake() {
        if (ended) {
            write(END);
            return;
        }
        if (position == null) {
            beginNow();
        }
        while (demand != null && position != null && !readingFromRedis) {
            EventBatch events = checkedIn == buffer.generation() ? buffer.after(position.after()) : null;
            if (events == null) {
                readFromRedis(position);
            } else if (events.isEmpty()) {
                return;
            } else {
                write("", events, events.end());
            }
        }
    }

    /** Keeps the connection open. Returns false for a client that has not taken its events since the last heartbeat. */
    synchronized boolean heartbeat() {
        if (demand != null) {
            write(ServerSentEvents.heartbeat(position));
        } else if (stalled) {
            metrics.dropped();
            return false;
        } else {
            stalled = true;
        }
        return true;
    }

    /** Ends the stream; the client comes back by itself, to this or another replica. */
    synchronized void end() {
        ended = true;
        write(END);
    }

    private void beginNow() {
        long now = buffer.generation();
        StreamId last = buffer.last();
        if (last != null && demand != null) {
            checkedIn = now;
            position = Position.of(last);
            // a client that comes back before anything has happened goes on from here
            write(ServerSentEvents.lastEventId(position));
        }
    }

    private void write(String text) {
        write(text.getBytes(UTF_8));
    }

    private void write(byte[] part) {
        UniEmitter<? super byte[]> taker = demand;
        if (taker != null) {
            demand = null;
            taker.complete(part);
        }
    }

    /** Writes what the client wants of these events, if that is any. */
    private void write(String before, EventBatch events, Position next) {
        int count = events.count(filter);
        position = next;
        metrics.sent(count);
        if (!before.isEmpty()) {
            write(before + new String(events.encoded(filter), UTF_8));
        } else if (count > 0) {
            write(events.encoded(filter));
        }
    }

    private void readFromRedis(Position from) {
        readingFromRedis = true;
        long generation = buffer.generation();
        store.after(from).subscribe().with(page -> writePage(page, from, generation), failure -> {
            LOG.debug("events cannot be read; trying again", failure);
            wakeLater();
        });
    }

    private synchronized void writePage(EventStore.Page page, Position from, long generation) {
        if (demand != null) {
            String gap = page.gap() ? ServerSentEvents.gap(from, page.events().first()) : "";
            if (page.gap()) {
                metrics.gap();
            }
            write(gap, page.events(), page.next());
            checkedIn = generation;
            if (page.next().equals(from) && buffer.after(from.after()) == null) {
                // nothing follows, and yet the buffer begins later, or nowhere: the reader is about to find out
                wakeLater();
                return;
            }
        }
        // else a heartbeat took the demand: the page is read again
        readingFromRedis = false;
        wake();
    }

    private void wakeLater() {
        vertx.setTimer(RETRY_MILLIS, timer -> readAgain());
    }

    private synchronized void readAgain() {
        readingFromRedis = false;
        wake();
    }
}
