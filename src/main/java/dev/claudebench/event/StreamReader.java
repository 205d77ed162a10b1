package dev.claudebench.event;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.IntSupplier;

import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

import io.quarkus.redis.datasource.ReactiveRedisDataSource;
import io.quarkus.redis.datasource.stream.ReactiveStreamCommands;
import io.quarkus.redis.datasource.stream.StreamMessage;
import io.quarkus.redis.datasource.stream.StreamRange;
import io.quarkus.redis.datasource.stream.XReadArgs;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Vertx;

/**
 * The one reader of the stream in a replica: it waits for events and puts them into the buffer. It reads while somebody follows.
 * When it fails, it goes on where it stopped; when it may have missed events, the buffer begins anew, and the followers look into
 * Redis for what lies between.
 */
final class StreamReader {
    private static final Logger LOG = Logger.getLogger(StreamReader.class);
    private static final int BATCH = 1000;
    /** Shorter than the time after which a silent connection is closed (quarkus.redis.tcp.read-idle-timeout). */
    private static final Duration BLOCK = Duration.ofSeconds(5);
    /** The client forgets a connection that Redis turns away for having too many: nobody is told that it failed. */
    private static final Duration LONGEST_READ = BLOCK.plusSeconds(2);
    /** Between two reads: followers are woken for many events at once, not for each. */
    private static final long SHORTEST_PACE_MILLIS = 20;
    /** The pace slows down with the number of followers, so that all together are not woken more often. */
    private static final int WAKES_PER_MILLI = 4;
    private static final long FIRST_RETRY_MILLIS = 100;
    private static final long LAST_RETRY_MILLIS = 2000;

    private final Vertx vertx;
    private final ReactiveRedisDataSource redis;
    private final String key;
    private final EventBuffer buffer;
    private final IntSupplier followers;
    private final Runnable wakeFollowers;
    private final AtomicBoolean running = new AtomicBoolean();
    private volatile @Nullable StreamId last;
    private volatile long retryMillis = FIRST_RETRY_MILLIS;

    /**
     * @param followers how many follow
     * @param wakeFollowers tells them that there is something new in the buffer
     */
    StreamReader(Vertx vertx, ReactiveRedisDataSource redis, String key, EventBuffer buffer, IntSupplier followers,
            Runnable wakeFollowers) {
        this.vertx = vertx;
        this.redis = redis;
        this.key = key;
        this.buffer = buffer;
        this.followers = followers;
        this.wakeFollowers = wakeFollowers;
    }

    /** Begins to read, unless it does already. */
    void start() {
        if (running.compareAndSet(false, true)) {
            read();
        }
    }

    private void read() {
        if (followers.getAsInt() == 0) {
            last = null;
            buffer.restart(null);
            running.set(false);
            if (followers.getAsInt() > 0) {
                start();
            }
            return;
        }
        redis.withConnection(own -> readOn(own.stream(String.class), last))
                .ifNoItem()
                .after(LONGEST_READ)
                .fail()
                .subscribe()
                .with(done -> {
                    retryMillis = FIRST_RETRY_MILLIS;
                    readAfter(Math.max(SHORTEST_PACE_MILLIS, followers.getAsInt() / WAKES_PER_MILLI));
                }, this::retry);
    }

    private void readAfter(long millis) {
        vertx.setTimer(millis, timer -> read());
    }

    private void retry(Throwable failure) {
        // told once, and not for every attempt
        LOG.logf(retryMillis == FIRST_RETRY_MILLIS ? Logger.Level.WARN : Logger.Level.DEBUG,
                "The events cannot be read, those who follow them have to wait: %s", failure.getMessage());
        readAfter(retryMillis);
        retryMillis = Math.min(2 * retryMillis, LAST_RETRY_MILLIS);
    }

    private Uni<Void> readOn(ReactiveStreamCommands<String, String, String> stream, @Nullable StreamId position) {
        if (position == null) {
            return begin(stream);
        }
        String id = position.toString();
        // asked after the read: what follows an entry that is still there is complete
        return Uni.combine()
                .all()
                .unis(stream.xread(key, id, new XReadArgs().count(BATCH).block(BLOCK)),
                        stream.xrange(key, StreamRange.of(id, id), 1))
                .asTuple()
                .chain(both -> {
                    boolean complete = position.equals(StreamId.BEGINNING)
                            ? both.getItem1().isEmpty()
                            : !both.getItem2().isEmpty();
                    if (!complete) {
                        LOG.debugf("what follows event %s may not be complete: reading begins anew", position);
                        return begin(stream);
                    }
                    append(both.getItem1());
                    return Uni.createFrom().voidItem();
                });
    }

    /** Finds the end of the stream: nothing that happened before is read. */
    private Uni<Void> begin(ReactiveStreamCommands<String, String, String> stream) {
        return stream.xrevrange(key, StreamRange.of("+", "-"), 1).invoke(newest -> {
            StreamId id = newest.isEmpty() ? StreamId.BEGINNING : StreamId.parse(newest.get(0).id());
            last = id;
            buffer.restart(id);
            wakeFollowers.run();
        }).replaceWithVoid();
    }

    private void append(List<StreamMessage<String, String, String>> entries) {
        if (entries.isEmpty()) {
            return;
        }
        last = StreamId.parse(entries.get(entries.size() - 1).id());
        buffer.append(entries.stream()
                .flatMap(entry -> StreamEvent
                        .of(entry.id(), entry.payload().get("type"), entry.payload().get("payload"))
                        .stream())
                .toList());
        wakeFollowers.run();
    }
}
