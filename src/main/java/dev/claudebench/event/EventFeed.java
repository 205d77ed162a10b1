package dev.claudebench.event;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;

import org.jspecify.annotations.Nullable;

import dev.claudebench.redis.Keys;
import dev.claudebench.redis.RedisConfig;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.ShutdownDelayInitiatedEvent;
import io.quarkus.runtime.Startup;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.redis.client.Redis;

/** Those who follow the fleet through this replica, and the one reader that feeds them all. */
@ApplicationScoped
@Startup
class EventFeed {
    private static final long MAX_BUFFERED_BYTES = 16L << 20;

    private final Vertx vertx;
    private final EventStore store;
    private final EventConfig config;
    private final FollowerMetrics metrics;
    private final EventBuffer buffer;
    private final StreamReader reader;
    private final Set<Follower> followers = ConcurrentHashMap.newKeySet();
    private final AtomicBoolean stopping = new AtomicBoolean();

    EventFeed(Vertx vertx, Redis redis, Keys keys, EventStore store, EventConfig config, RedisConfig redisConfig,
            MeterRegistry registry) {
        this.vertx = vertx;
        this.store = store;
        this.config = config;
        this.metrics = new FollowerMetrics(registry);
        // further back, the stream does not reach either
        this.buffer = new EventBuffer(redisConfig.streamLength(), MAX_BUFFERED_BYTES);
        this.reader = new StreamReader(vertx, redis, keys.events(), buffer, followers::size,
                () -> followers.forEach(Follower::wake));
        Gauge.builder(FollowerMetrics.CLIENTS, followers, Set::size)
                .description("Clients that follow the events")
                .register(registry);
    }

    /**
     * Feeds a client, whose response nothing was written to yet, until the client or the service goes. Called on the
     * event loop of the connection.
     *
     * @param since what the client has seen; null for what happens from now on
     * @return false when there are too many clients, or the service is about to stop: nothing was done then
     */
    boolean feed(HttpServerRequest request, @Nullable Position since, EventFilter filter) {
        if (stopping.get() || followers.size() >= config.maxClients()) {
            return false;
        }
        HttpServerResponse response = request.response();
        Follower follower = new Follower(vertx, request, since, filter, buffer, store, metrics);
        followers.add(follower);
        long heartbeat = vertx.setPeriodic(config.heartbeat().toMillis(), timer -> {
            follower.heartbeat();
            removeIfGone(follower, timer);
        });
        response.closeHandler(gone -> remove(follower, heartbeat));
        response.endHandler(ended -> remove(follower, heartbeat));
        response.exceptionHandler(broken -> remove(follower, heartbeat));
        response.setChunked(true);
        follower.start();
        // of a connection that was gone before, no handler is told
        removeIfGone(follower, heartbeat);
        reader.start();
        if (stopping.get()) {
            follower.end();
        }
        return true;
    }

    private void removeIfGone(Follower follower, long heartbeat) {
        if (!follower.isConnected()) {
            remove(follower, heartbeat);
        }
    }

    private void remove(Follower follower, long heartbeat) {
        vertx.cancelTimer(heartbeat);
        follower.connectionGone();
        followers.remove(follower);
    }

    /** Streams would never end by themselves, and a service that stops waits for what is in flight. */
    void stop(@Observes ShutdownDelayInitiatedEvent event) {
        stopping.set(true);
        followers.forEach(Follower::end);
    }
}
