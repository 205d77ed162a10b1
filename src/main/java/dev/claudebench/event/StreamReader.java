package dev.claudebench.event;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;

import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

import dev.claudebench.method.Bench;
import dev.claudebench.method.LogLimit;
import dev.claudebench.redis.Shard;
import dev.claudebench.redis.Shards;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Vertx;
import io.vertx.mutiny.redis.client.Response;
import io.vertx.redis.client.Command;

/**
 * Reads the stream into the buffer while there are followers or a listener. After a failure, it continues where it stopped. If it may have
 * missed events, it restarts the buffer, and the followers read the missing events from Redis.
 */
final class StreamReader {
    private static final Logger LOG = Logger.getLogger(StreamReader.class);
    private static final String BATCH = "1000";
    /** Must be shorter than quarkus.redis.tcp.read-idle-timeout. */
    private static final Duration BLOCK = Duration.ofSeconds(5);
    /** The Redis client does not report a connection that Redis rejects because it has too many. */
    private static final Duration LONGEST_READ = BLOCK.plusSeconds(2);
    /** Time between two reads, so that followers are woken for many events at once. */
    private static final long SHORTEST_PACE_MILLIS = 20;
    /** The same for a read that may not wait for events. */
    private static final long POLL_MILLIS = 250;
    /** Bounds the rate of wakes of all followers together. */
    private static final int WAKES_PER_MILLI = 4;
    private static final long FIRST_RETRY_MILLIS = 100;
    private static final long LAST_RETRY_MILLIS = 2000;

    private final Vertx vertx;
    private final Shards shards;
    private final Bench bench;
    private final String key;
    private final BenchFeed feed;
    private final Semaphore mayBlock;
    private final Runnable onUnused;
    private final LogLimit warnings = new LogLimit();
    private final AtomicBoolean running = new AtomicBoolean();
    private volatile @Nullable StreamId last;
    private volatile long retryMillis = FIRST_RETRY_MILLIS;

    /**
     * @param mayBlock as many reads as there are permits wait for events at a time, each on a connection of its own
     * @param onUnused runs when the reader stops
     */
    StreamReader(Vertx vertx, Shards shards, Bench bench, String key, BenchFeed feed, Semaphore mayBlock,
            Runnable onUnused) {
        this.vertx = vertx;
        this.shards = shards;
        this.bench = bench;
        this.key = key;
        this.feed = feed;
        this.mayBlock = mayBlock;
        this.onUnused = onUnused;
    }

    BenchFeed feed() {
        return feed;
    }

    void start() {
        if (running.compareAndSet(false, true)) {
            read();
        }
    }

    private void read() {
        if (feed.isUnused()) {
            last = null;
            feed.buffer().restart(null);
            running.set(false);
            onUnused.run();
            if (!feed.isUnused()) {
                start();
            }
            return;
        }
        boolean blocks = mayBlock.tryAcquire();
        shards.of(bench)
                .withConnection(redis -> readOn(redis, last, blocks))
                .ifNoItem()
                .after(LONGEST_READ)
                .fail()
                .onTermination()
                .invoke(() -> mayBlock.release(blocks ? 1 : 0))
                .subscribe()
                .with(done -> {
                    retryMillis = FIRST_RETRY_MILLIS;
                    long pace = Math.max(blocks ? SHORTEST_PACE_MILLIS : POLL_MILLIS,
                            feed.followers().size() / WAKES_PER_MILLI);
                    vertx.setTimer(pace, timer -> read());
                }, this::retry);
    }

    private void retry(Throwable failure) {
        shards.followMove(bench, failure);
        // a warning for the first attempt only, and not for each time that a connection comes and goes
        boolean isWarning = retryMillis == FIRST_RETRY_MILLIS && warnings.admits("read");
        LOG.logf(isWarning ? Logger.Level.WARN : Logger.Level.DEBUG,
                "cannot read events, retrying: %s", failure.getMessage());
        vertx.setTimer(retryMillis, timer -> read());
        retryMillis = Math.min(2 * retryMillis, LAST_RETRY_MILLIS);
    }

    private Uni<Void> readOn(Shard.Connection redis, @Nullable StreamId position, boolean blocks) {
        if (position == null) {
            return begin(redis);
        }
        String id = position.toString();
        Uni<Response> newer = blocks
                ? redis.execute(Command.XREAD, "COUNT", BATCH, "BLOCK", String.valueOf(BLOCK.toMillis()), "STREAMS",
                        key,
                        id)
                : redis.execute(Command.XREAD, "COUNT", BATCH, "STREAMS", key, id);
        // Checked after the read: if the entry at the position still exists, no entry after it is missing.
        return Uni.combine()
                .all()
                .unis(newer.map(this::entriesOf),
                        redis.execute(Command.XRANGE, key, id, id).map(StreamEntry::list))
                .asTuple()
                .chain(both -> {
                    boolean complete = position.equals(StreamId.BEGINNING)
                            ? both.getItem1().isEmpty()
                            : !both.getItem2().isEmpty();
                    if (!complete) {
                        LOG.debugf("events after %s may be missing, restarting", position);
                        return begin(redis);
                    }
                    append(both.getItem1());
                    return Uni.createFrom().voidItem();
                });
    }

    /** Returns those of the reply to XREAD, which is null if there are none. */
    private List<StreamEntry> entriesOf(@Nullable Response streams) {
        return streams == null ? List.of() : StreamEntry.list(streams.get(key));
    }

    /** Starts at the end of the stream. */
    private Uni<Void> begin(Shard.Connection redis) {
        return redis.execute(Command.XREVRANGE, key, "+", "-", "COUNT", "1").map(StreamEntry::list).invoke(newest -> {
            StreamId id = newest.isEmpty() ? StreamId.BEGINNING : newest.get(0).id();
            last = id;
            feed.buffer().restart(id);
            feed.wake(List.of());
        }).replaceWithVoid();
    }

    private void append(List<StreamEntry> entries) {
        if (entries.isEmpty()) {
            return;
        }
        last = entries.get(entries.size() - 1).id();
        List<StreamEvent> events = entries.stream().map(StreamEntry::event).flatMap(Optional::stream).toList();
        feed.buffer().append(events);
        if (!events.isEmpty()) {
            feed.wake(events);
        }
    }
}
