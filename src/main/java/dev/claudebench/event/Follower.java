package dev.claudebench.event;

import static java.nio.charset.StandardCharsets.UTF_8;

import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

import dev.claudebench.method.Bench;
import dev.claudebench.method.Caller;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.subscription.UniEmitter;
import io.vertx.core.Context;

/**
 * A client of the feed. It has a position and no queue: whenever the connection accepts more, it pulls the next events from the
 * buffer, or from Redis if the buffer no longer has them.
 */
final class Follower {
    private static final Logger LOG = Logger.getLogger(Follower.class);
    private static final long RETRY_MILLIS = 1000;
    private static final byte[] END = {};

    private final Caller caller;
    /** The event loop of the connection, on which all parts are emitted. */
    private final Context context;
    private final EventFilter filter;
    private final EventBuffer buffer;
    private final EventStore store;
    private final Bench bench;
    private final FollowerMetrics metrics;
    /** Null while the client has not read the last part. */
    private @Nullable UniEmitter<? super byte[]> demand;
    private final @Nullable Position since;
    /** Null until the end of the stream is known, for a client that wants new events only, or those since a time. */
    private @Nullable Position position;
    /** The generation of the buffer in which the position is known to be valid. */
    private long checkedIn = -1;
    private boolean readingFromRedis;
    private boolean ended;
    /** Whether there was no demand at the last heartbeat, nor since. */
    private boolean stalled;

    Follower(Caller caller, Context context, @Nullable Position since, EventFilter filter, EventBuffer buffer,
            EventStore store, Bench bench, FollowerMetrics metrics) {
        this.caller = caller;
        this.context = context;
        this.since = since;
        this.position = since != null && !since.isTime() ? since : null;
        this.filter = filter;
        this.buffer = buffer;
        this.store = store;
        this.bench = bench;
        this.metrics = metrics;
    }

    Caller caller() {
        return caller;
    }

    /** Emits the text of the stream in parts, at the pace of the client. */
    Multi<byte[]> parts() {
        Multi<byte[]> events = Multi.createBy()
                .repeating()
                .uni(() -> Uni.createFrom()
                        .<byte[]>emitter(this::demanded)
                        .emitOn(command -> context.runOnContext(now -> command.run())))
                .until(part -> part == END);
        return Multi.createBy()
                .concatenating()
                .streams(Multi.createFrom().item(ServerSentEvents.RETRY.getBytes(UTF_8)), events);
    }

    private synchronized void demanded(UniEmitter<? super byte[]> emitter) {
        demand = emitter;
        stalled = false;
        wake();
    }

    /** Writes new events, if any. */
    synchronized void wake() {
        if (ended) {
            write(END);
            return;
        }
        if (position == null && !readingFromRedis) {
            startAtEnd();
        }
        while (demand != null && position != null && !readingFromRedis) {
            EventBatch events = checkedIn == buffer.generation() ? buffer.after(position) : null;
            if (events == null) {
                readFromRedis(position);
            } else if (events.events().isEmpty()) {
                return;
            } else {
                write(events, position);
            }
        }
    }

    /** Keeps the connection open. Returns false for a client that has not read since the last heartbeat. */
    synchronized boolean heartbeat() {
        if (demand != null) {
            write(ServerSentEvents.heartbeat(position));
        } else if (stalled) {
            metrics.dropped.increment();
            return false;
        } else {
            stalled = true;
        }
        return true;
    }

    /** Ends the stream. The client reconnects by itself, to this or another replica. */
    synchronized void end() {
        ended = true;
        write(END);
    }

    /** Reads the end of the stream from Redis: the reader may still wait behind an event that Redis has lost. */
    private void startAtEnd() {
        readingFromRedis = true;
        store.end(bench).subscribe().with(this::startAt, failure -> wakeLater());
    }

    private synchronized void startAt(Position end) {
        // A time in the future counts as now.
        position = since != null && since.after().compareTo(end.after()) < 0 ? since : end;
        // A client that reconnects before the next event continues from here.
        write(ServerSentEvents.lastEventId(position));
        readingFromRedis = false;
        wake();
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

    /** Writes the events that match the filter, if any. */
    private void write(EventBatch batch, Position from) {
        EventBatch wanted = batch.matching(filter);
        position = batch.next();
        metrics.sent.increment(wanted.events().size());
        if (batch.gap()) {
            metrics.gaps.increment();
            StreamId resumedAt = batch.events().isEmpty() ? null : batch.events().get(0).id();
            write(ServerSentEvents.gap(from, resumedAt) + new String(wanted.encoded(), UTF_8));
        } else if (!wanted.events().isEmpty()) {
            write(wanted.encoded());
        }
    }

    private void readFromRedis(Position from) {
        readingFromRedis = true;
        long generation = buffer.generation();
        store.after(bench, from).subscribe().with(batch -> writeRead(batch, from, generation), failure -> {
            LOG.debug("cannot read events, retrying", failure);
            wakeLater();
        });
    }

    private synchronized void writeRead(EventBatch batch, Position from, long generation) {
        if (demand != null) {
            write(batch, from);
            checkedIn = generation;
            if (batch.next().equals(from) && buffer.after(from) == null) {
                if (buffer.startsBefore(from)) {
                    // The reader has not come to this event yet. It wakes all when it has read more.
                    readingFromRedis = false;
                } else {
                    // The buffer starts after the end of the stream, or is not in use: wait for the reader to restart it.
                    wakeLater();
                }
                return;
            }
        }
        // Without demand, which a heartbeat has used, the batch is read again.
        readAgain();
    }

    private void wakeLater() {
        context.owner().setTimer(RETRY_MILLIS, timer -> readAgain());
    }

    private synchronized void readAgain() {
        readingFromRedis = false;
        wake();
    }
}
