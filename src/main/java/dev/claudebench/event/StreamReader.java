package dev.claudebench.event;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Supplier;

import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

import dev.claudebench.method.LogLimit;
import io.quarkus.redis.datasource.ReactiveRedisDataSource;
import io.quarkus.redis.datasource.stream.ReactiveStreamCommands;
import io.quarkus.redis.datasource.stream.StreamMessage;
import io.quarkus.redis.datasource.stream.StreamRange;
import io.quarkus.redis.datasource.stream.XReadArgs;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Vertx;

/**
 * Reads the stream into the buffer while there are followers or a listener. After a failure, it continues where it stopped. If it may have
 * missed events, it restarts the buffer, and the followers read the missing events from Redis.
 */
final class StreamReader {
    private static final Logger LOG = Logger.getLogger(StreamReader.class);
    private static final int BATCH = 1000;
    /** Must be shorter than quarkus.redis.tcp.read-idle-timeout. */
    private static final Duration BLOCK = Duration.ofSeconds(5);
    /** The Redis client does not report a connection that Redis rejects because it has too many. */
    private static final Duration LONGEST_READ = BLOCK.plusSeconds(2);
    /** Time between two reads, so that followers are woken for many events at once. */
    private static final long SHORTEST_PACE_MILLIS = 20;
    /** Bounds the rate of wakes of all followers together. */
    private static final int WAKES_PER_MILLI = 4;
    private static final long FIRST_RETRY_MILLIS = 100;
    private static final long LAST_RETRY_MILLIS = 2000;

    private final Vertx vertx;
    private final ReactiveRedisDataSource redis;
    private final String key;
    private final EventBuffer buffer;
    private final Set<Follower> followers;
    private final Supplier<@Nullable Consumer<List<StreamEvent>>> listener;
    private final LogLimit warnings = new LogLimit();
    private final AtomicBoolean running = new AtomicBoolean();
    private volatile @Nullable StreamId last;
    private volatile long retryMillis = FIRST_RETRY_MILLIS;

    StreamReader(Vertx vertx, ReactiveRedisDataSource redis, String key, EventBuffer buffer, Set<Follower> followers,
            Supplier<@Nullable Consumer<List<StreamEvent>>> listener) {
        this.vertx = vertx;
        this.redis = redis;
        this.key = key;
        this.buffer = buffer;
        this.followers = followers;
        this.listener = listener;
    }

    void start() {
        if (running.compareAndSet(false, true)) {
            read();
        }
    }

    private void read() {
        if (isUnused()) {
            last = null;
            buffer.restart(null);
            running.set(false);
            if (!isUnused()) {
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
                    long pace = Math.max(SHORTEST_PACE_MILLIS, followers.size() / WAKES_PER_MILLI);
                    vertx.setTimer(pace, timer -> read());
                }, this::retry);
    }

    private boolean isUnused() {
        return followers.isEmpty() && listener.get() == null;
    }

    /** @param events none if some may have been missed */
    private void wake(List<StreamEvent> events) {
        followers.forEach(Follower::wake);
        Consumer<List<StreamEvent>> listening = listener.get();
        if (listening != null) {
            listening.accept(events);
        }
    }

    private void retry(Throwable failure) {
        // a warning for the first attempt only, and not for each time that a connection comes and goes
        boolean isWarning = retryMillis == FIRST_RETRY_MILLIS && warnings.admits("read");
        LOG.logf(isWarning ? Logger.Level.WARN : Logger.Level.DEBUG,
                "cannot read events, retrying: %s", failure.getMessage());
        vertx.setTimer(retryMillis, timer -> read());
        retryMillis = Math.min(2 * retryMillis, LAST_RETRY_MILLIS);
    }

    private Uni<Void> readOn(ReactiveStreamCommands<String, String, String> stream, @Nullable StreamId position) {
        if (position == null) {
            return begin(stream);
        }
        String id = position.toString();
        // Checked after the read: if the entry at the position still exists, no entry after it is missing.
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
                        LOG.debugf("events after %s may be missing, restarting", position);
                        return begin(stream);
                    }
                    append(both.getItem1());
                    return Uni.createFrom().voidItem();
                });
    }

    /** Starts at the end of the stream. */
    private Uni<Void> begin(ReactiveStreamCommands<String, String, String> stream) {
        return stream.xrevrange(key, StreamRange.of("+", "-"), 1).invoke(newest -> {
            StreamId id = newest.isEmpty() ? StreamId.BEGINNING : StreamId.parse(newest.get(0).id());
            last = id;
            buffer.restart(id);
            wake(List.of());
        }).replaceWithVoid();
    }

    private void append(List<StreamMessage<String, String, String>> entries) {
        if (entries.isEmpty()) {
            return;
        }
        last = StreamId.parse(entries.get(entries.size() - 1).id());
        List<StreamEvent> events = entries.stream()
                .map(entry -> StreamEvent.of(entry.id(), entry.payload().get("type"), entry.payload().get("payload")))
                .flatMap(Optional::stream)
                .toList();
        buffer.append(events);
        if (!events.isEmpty()) {
            wake(events);
        }
    }
}
