package dev.claudebench.event;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;

import org.jspecify.annotations.Nullable;

import dev.claudebench.method.Caller;
import dev.claudebench.redis.Keys;
import dev.claudebench.redis.RedisConfig;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.redis.datasource.ReactiveRedisDataSource;
import io.quarkus.runtime.ShutdownDelayInitiatedEvent;
import io.quarkus.runtime.Startup;
import io.smallrye.mutiny.Multi;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpConnection;

/** The followers of this replica, and the one reader that feeds them. */
@ApplicationScoped
@Startup
public class EventFeed {
    private static final long MAX_BUFFERED_BYTES = 16L << 20;
    private static final long GONE_CHECK_MILLIS = 1000;

    private final Vertx vertx;
    private final EventStore store;
    private final EventConfig config;
    private final FollowerMetrics metrics;
    private final EventBuffer buffer;
    private final StreamReader reader;
    private final Set<Follower> followers = ConcurrentHashMap.newKeySet();
    private volatile @Nullable Consumer<List<StreamEvent>> listener;
    private volatile boolean stopping;

    EventFeed(Vertx vertx, ReactiveRedisDataSource redis, Keys keys, EventStore store, EventConfig config,
            RedisConfig redisConfig, MeterRegistry registry) {
        this.vertx = vertx;
        this.store = store;
        this.config = config;
        this.metrics = new FollowerMetrics(registry);
        // The stream does not keep more either.
        this.buffer = new EventBuffer(redisConfig.streamLength(), MAX_BUFFERED_BYTES);
        this.reader = new StreamReader(vertx, redis, keys.events(), buffer, followers, () -> listener);
        Gauge.builder(FollowerMetrics.CLIENTS, followers, Set::size)
                .description("Clients that follow the events")
                .register(registry);
        vertx.setPeriodic(GONE_CHECK_MILLIS, timer -> endThoseGone());
    }

    /** Returns why another client of this caller must not be fed, empty if it may be. */
    Optional<String> refusal(Caller caller) {
        if (stopping || followers.size() >= config.maxClients()) {
            return Optional.of("no room for another client: retry later");
        }
        long own = followers.stream().filter(follower -> follower.caller().id().equals(caller.id())).count();
        return own < config.maxClientsPerCaller()
                ? Optional.empty()
                : Optional.of("no room for another client of this address, which has " + own + ": close one");
    }

    /**
     * Feeds a client until it disconnects or the service stops. Must be called on the event loop of the connection.
     *
     * @param since null for new events only
     */
    Multi<byte[]> feed(Caller caller, @Nullable Position since, EventFilter filter, HttpConnection connection) {
        Follower follower = new Follower(caller, vertx.getOrCreateContext(), since, filter, buffer, store, metrics);
        followers.add(follower);
        long heartbeat = vertx.setPeriodic(config.heartbeat().toMillis(), timer -> {
            if (!follower.heartbeat()) {
                // Frees its place at once. The connection closes when the client has read the rest, or after idle-timeout.
                remove(follower, timer);
                connection.close();
            }
        });
        reader.start();
        if (stopping) {
            follower.end();
        }
        return follower.parts().onTermination().invoke(() -> remove(follower, heartbeat));
    }

    /** Ends the streams of callers whose credentials have been revoked. */
    private void endThoseGone() {
        followers.stream().filter(follower -> follower.caller().isGone().getAsBoolean()).forEach(Follower::end);
    }

    /** Tells the one listener of new events as they come; an empty list means that some may have been missed. */
    public void listen(Consumer<List<StreamEvent>> to) {
        listener = to;
        reader.start();
    }

    public void stopListening() {
        listener = null;
    }

    private void remove(Follower follower, long heartbeat) {
        vertx.cancelTimer(heartbeat);
        followers.remove(follower);
    }

    /** Ends the streams: a service that stops waits for requests in flight. */
    void stop(@Observes ShutdownDelayInitiatedEvent event) {
        stopping = true;
        followers.forEach(Follower::end);
    }
}
