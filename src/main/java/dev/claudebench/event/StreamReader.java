package dev.claudebench.event;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;

import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Redis;
import io.vertx.redis.client.RedisConnection;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;

/**
 * The one reader of the stream in a replica, on a connection of its own: it waits for events and puts them into the buffer.
 * It reads while somebody follows. When the connection breaks, it goes on where it stopped; when it cannot be sure to have
 * missed nothing, the buffer begins anew, and the followers look into Redis for what lies between.
 */
final class StreamReader {
    private static final Logger LOG = Logger.getLogger(StreamReader.class);
    private static final int BATCH = 1000;
    /** Shorter than the time after which a silent connection is closed (quarkus.redis.tcp.read-idle-timeout). */
    private static final long BLOCK_MILLIS = 5000;
    /** Between two reads: followers are woken for many events at once, not for each. */
    private static final long SHORTEST_PACE_MILLIS = 20;
    /** The pace slows down with the number of followers, so that all together are not woken more often. */
    private static final int WAKES_PER_MILLI = 4;
    /** The client forgets a connection that Redis turns away for having too many: nobody is told that it failed. */
    private static final long CONNECT_MILLIS = 2000;
    private static final long FIRST_RETRY_MILLIS = 100;
    private static final long LAST_RETRY_MILLIS = 2000;

    private final Vertx vertx;
    /** Where all of this runs: one event loop, so that nothing here is shared between threads. */
    private final Context context;
    private final Redis redis;
    private final String streamKey;
    private final EventBuffer buffer;
    private final IntSupplier followers;
    private final Runnable wakeFollowers;
    private boolean running;
    private @Nullable RedisConnection connection;
    private @Nullable StreamId last;
    private long retryMillis = FIRST_RETRY_MILLIS;

    /**
     * @param followers how many follow
     * @param wakeFollowers tells them that there is something new in the buffer
     */
    StreamReader(Vertx vertx, Redis redis, String streamKey, EventBuffer buffer, IntSupplier followers,
            Runnable wakeFollowers) {
        this.vertx = vertx;
        this.context = vertx.getOrCreateContext();
        this.redis = redis;
        this.streamKey = streamKey;
        this.buffer = buffer;
        this.followers = followers;
        this.wakeFollowers = wakeFollowers;
    }

    /** Begins to read, unless it does already. */
    void start() {
        context.runOnContext(begin -> {
            if (!running) {
                running = true;
                connect();
            }
        });
    }

    private void connect() {
        if (endedUnfollowed()) {
            return;
        }
        Future<RedisConnection> attempt = redis.connect();
        attempt.timeout(CONNECT_MILLIS, TimeUnit.MILLISECONDS).onSuccess(this::connected).onFailure(failure -> {
            attempt.onSuccess(RedisConnection::close);
            retry(failure);
        });
    }

    private void connected(RedisConnection fresh) {
        connection = fresh;
        fresh.exceptionHandler(error -> LOG.debug("the connection that reads the stream broke", error));
        read(fresh);
    }

    private void read(RedisConnection from) {
        if (endedUnfollowed()) {
            return;
        }
        StreamId position = last;
        Future<?> round = position == null ? begin(from) : readOn(from, position);
        round.onSuccess(read -> {
            retryMillis = FIRST_RETRY_MILLIS;
            vertx.setTimer(pace(), timer -> read(from));
        }).onFailure(this::retry);
    }

    private long pace() {
        return Math.max(SHORTEST_PACE_MILLIS, followers.getAsInt() / WAKES_PER_MILLI);
    }

    /** Finds the end of the stream: nothing that happened before is read. */
    private Future<Void> begin(RedisConnection from) {
        return from.send(Request.cmd(Command.XREVRANGE).arg(streamKey).arg("+").arg("-").arg("COUNT").arg(1))
                .map(newest -> {
                    StreamId id = newest == null || newest.size() == 0
                            ? StreamId.BEGINNING
                            : StreamId.parse(newest.get(0).get(0).toString());
                    last = id;
                    buffer.restart(id);
                    wakeFollowers.run();
                    return null;
                });
    }

    private Future<?> readOn(RedisConnection from, StreamId position) {
        // var: whether the reply may be null is known to newer compilers only
        var read = from.send(Request.cmd(Command.XREAD)
                .arg("COUNT")
                .arg(BATCH)
                .arg("BLOCK")
                .arg(BLOCK_MILLIS)
                .arg("STREAMS")
                .arg(streamKey)
                .arg(position.toString()));
        // asked after the read: what follows an entry that is still there is complete. From the beginning, there is none
        Future<Boolean> complete = position.equals(StreamId.BEGINNING)
                ? read.map(Objects::isNull)
                : from.send(
                        Request.cmd(Command.XRANGE).arg(streamKey).arg(position.toString()).arg(position.toString()))
                        .map(found -> found != null && found.size() > 0);
        return Future.all(read, complete).compose(both -> {
            Response entries = read.result();
            if (!complete.result()) {
                LOG.debugf("what follows event %s may not be all that did: reading begins anew", position);
                return begin(from);
            }
            if (entries != null) {
                append(entries.getKeys().isEmpty() ? entries.get(0).get(1) : entries.get(streamKey));
            }
            return Future.succeededFuture();
        });
    }

    private void append(Response entries) {
        List<StreamEvent> events = new ArrayList<>(entries.size());
        for (Response entry : entries) {
            String id = entry.get(0).toString();
            last = StreamId.parse(id);
            Response fields = entry.get(1);
            String type = null;
            String payload = null;
            for (int i = 0; i + 1 < fields.size(); i += 2) {
                switch (fields.get(i).toString()) {
                    case "type" -> type = fields.get(i + 1).toString();
                    case "payload" -> payload = fields.get(i + 1).toString();
                    default -> {
                        // of a later release
                    }
                }
            }
            StreamEvent.of(id, type, payload).ifPresent(events::add);
        }
        buffer.append(events);
        wakeFollowers.run();
    }

    private void retry(Throwable failure) {
        // told once, and not for every attempt
        LOG.logf(retryMillis == FIRST_RETRY_MILLIS ? Logger.Level.WARN : Logger.Level.DEBUG,
                "The events cannot be read, those who follow them have to wait: %s", failure.getMessage());
        disconnect();
        vertx.setTimer(retryMillis, timer -> connect());
        retryMillis = Math.min(2 * retryMillis, LAST_RETRY_MILLIS);
    }

    /** Ends the reading when nobody follows any more. */
    private boolean endedUnfollowed() {
        if (followers.getAsInt() > 0) {
            return false;
        }
        running = false;
        last = null;
        buffer.close();
        disconnect();
        return true;
    }

    private void disconnect() {
        if (connection != null) {
            connection.close();
            connection = null;
        }
    }
}
