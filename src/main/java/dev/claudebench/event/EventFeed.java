package dev.claudebench.event;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;
import java.util.stream.Stream;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;

import org.jspecify.annotations.Nullable;

import dev.claudebench.method.Bench;
import dev.claudebench.method.Caller;
import dev.claudebench.redis.Keys;
import dev.claudebench.redis.RedisConfig;
import dev.claudebench.redis.Shards;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.ShutdownDelayInitiatedEvent;
import io.quarkus.runtime.Startup;
import io.smallrye.mutiny.Multi;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpConnection;

/** The followers of this replica, and the readers that feed them, one for each bench. */
@ApplicationScoped
@Startup
public class EventFeed {
    private static final long MAX_BUFFERED_BYTES = 16L << 20;
    private static final long GONE_CHECK_MILLIS = 1000;
    /** The other readers ask again and again, so that scripts get connections. */
    private static final int MAX_BLOCKED_READERS = 16;

    private final Vertx vertx;
    private final Shards shards;
    private final Keys keys;
    private final EventStore store;
    private final EventConfig config;
    private final FollowerMetrics metrics;
    private final int streamLength;
    private final Semaphore mayBlock = new Semaphore(MAX_BLOCKED_READERS);
    /** By bench. Readers are added and removed in synchronized methods. */
    private final Map<Bench, StreamReader> readers = new ConcurrentHashMap<>();
    private volatile boolean stopping;

    EventFeed(Vertx vertx, Shards shards, Keys keys, EventStore store, EventConfig config,
            RedisConfig redisConfig, MeterRegistry registry) {
        this.vertx = vertx;
        this.shards = shards;
        this.keys = keys;
        this.store = store;
        this.config = config;
        this.metrics = new FollowerMetrics(registry);
        this.streamLength = redisConfig.streamLength();
        Gauge.builder(FollowerMetrics.CLIENTS, () -> followers().count())
                .description("Clients that follow the events")
                .register(registry);
        vertx.setPeriodic(GONE_CHECK_MILLIS, timer -> endThoseGone());
    }

    /** Returns why another client of this caller must not be fed, empty if it may be. */
    Optional<String> refusal(Caller caller) {
        if (stopping || followers().count() >= config.maxClients()) {
            return Optional.of("no room for another client: retry later");
        }
        long own = followers().filter(follower -> follower.caller().id().equals(caller.id())).count();
        return own < config.maxClientsPerCaller()
                ? Optional.empty()
                : Optional.of("no room for another client of this address, which has " + own + ": close one");
    }

    /**
     * Feeds a client with the events of a bench until it disconnects or the service stops. Must be called on the event loop of the
     * connection.
     *
     * @param since null for new events only
     */
    Multi<byte[]> feed(Bench bench, Caller caller, @Nullable Position since, EventFilter filter,
            HttpConnection connection) {
        Follower follower = follow(bench, caller, since, filter);
        long heartbeat = vertx.setPeriodic(config.heartbeat().toMillis(), timer -> {
            if (!follower.heartbeat()) {
                // Frees its place at once. The connection closes when the client has read the rest, or after idle-timeout.
                remove(bench, follower, timer);
                connection.close();
            }
        });
        if (stopping) {
            follower.end();
        }
        return follower.parts().onTermination().invoke(() -> remove(bench, follower, heartbeat));
    }

    private synchronized Follower follow(Bench bench, Caller caller, @Nullable Position since, EventFilter filter) {
        StreamReader reader = readerOf(bench);
        Follower follower = new Follower(caller, vertx.getOrCreateContext(), since, filter, reader.feed().buffer(),
                store, bench, metrics);
        reader.feed().followers().add(follower);
        reader.start();
        return follower;
    }

    private StreamReader readerOf(Bench bench) {
        return readers.computeIfAbsent(bench, fresh -> {
            // The stream does not keep more either.
            EventBuffer buffer = new EventBuffer(streamLength, () -> MAX_BUFFERED_BYTES / Math.max(1, readers.size()));
            return new StreamReader(vertx, shards, bench, keys.events(bench), new BenchFeed(buffer), mayBlock,
                    () -> forget(bench));
        });
    }

    private synchronized void forget(Bench bench) {
        StreamReader reader = readers.get(bench);
        if (reader != null && reader.feed().isUnused()) {
            readers.remove(bench);
        }
    }

    private Stream<Follower> followers() {
        return readers.values().stream().flatMap(reader -> reader.feed().followers().stream());
    }

    /** Ends the streams of callers whose credentials have been revoked. */
    private void endThoseGone() {
        followers().filter(follower -> follower.caller().isGone().getAsBoolean()).forEach(Follower::end);
    }

    /** Tells the one listener of new events of a bench as they come; an empty list means that some may have been missed. */
    public synchronized void listen(Bench bench, Consumer<List<StreamEvent>> to) {
        StreamReader reader = readerOf(bench);
        reader.feed().listen(to);
        reader.start();
    }

    public synchronized void stopListening(Bench bench) {
        StreamReader reader = readers.get(bench);
        if (reader != null) {
            reader.feed().listen(null);
        }
    }

    private void remove(Bench bench, Follower follower, long heartbeat) {
        vertx.cancelTimer(heartbeat);
        StreamReader reader = readers.get(bench);
        if (reader != null) {
            reader.feed().followers().remove(follower);
        }
    }

    /** Ends the streams: a service that stops waits for requests in flight. */
    void stop(@Observes ShutdownDelayInitiatedEvent event) {
        stopping = true;
        followers().forEach(Follower::end);
    }
}
