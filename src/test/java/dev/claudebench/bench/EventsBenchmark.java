package dev.claudebench.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import dev.claudebench.support.RedisProcess;
import dev.claudebench.support.ServiceProcess;
import io.vertx.core.Vertx;

/** What it costs to be followed: registrations alone, then with {@value #CLIENTS} clients that each get every event. */
class EventsBenchmark {
    private static final int CLIENTS = Integer.getInteger("bench.clients", 200);
    private static final int PER_SECOND = Integer.getInteger("bench.rate", 5000);
    private static final int SECONDS = Integer.getInteger("bench.seconds", 20);
    private static final int CONNECTIONS = 64;
    private static final String QUERY = System.getProperty("bench.query", "");

    private RedisProcess redis;
    private ServiceProcess service;
    private Vertx vertx;

    @BeforeEach
    void start() {
        redis = new RedisProcess().start();
        service = ServiceProcess.start("-Xmx128m", "-Dquarkus.redis.hosts=" + redis.uri(),
                "-Dclaudebench.rate-limit.\"system.register\".limit=0",
                // nobody is to expire meanwhile: that would be as many events again
                "-Dclaudebench.instance.ttl=10m",
                "-Dquarkus.log.category.\"dev.claudebench.instance\".level=WARN");
        vertx = Vertx.vertx();
    }

    @AfterEach
    void end() {
        vertx.close().toCompletionStage().toCompletableFuture().join();
        service.close();
        redis.close();
    }

    @Test
    void followed() {
        offer("warm-", 5);
        double alone = offer("alone-", SECONDS);
        EventFollowers followers = new EventFollowers();
        followers.connect(vertx, service.base(), CLIENTS, QUERY).join();
        long before = emitted();

        double followed = offer("followed-", SECONDS);

        long emitted = emitted() - before;
        await().atMost(Duration.ofSeconds(30)).until(() -> QUERY.isEmpty() ? followers.fewest() >= emitted : true);
        System.out.printf("""
                          %d registrations/s offered for %d s over %d connections
                          not followed: %.0f/s
                          followed by %d clients%s: %.0f/s; each got %d to %d of %d events, wrong order: %s
                          resident: %d MiB at most
                          """, PER_SECOND, SECONDS, CONNECTIONS, alone, CLIENTS, QUERY, followed, followers.fewest(),
                followers.most(), emitted, followers.disorder().isEmpty() ? "none" : followers.disorder(),
                service.peakResidentMebibytes());
        assertThat(followers.disorder()).isEmpty();
        if (QUERY.isEmpty()) {
            assertThat(followers.fewest()).isEqualTo(emitted);
            assertThat(followers.most()).isEqualTo(emitted);
        }
    }

    /** Registrations a second that were answered. */
    private double offer(String run, int seconds) {
        RegistrationLoad load = new RegistrationLoad(vertx, service.base(), CONNECTIONS, run);
        long begun = System.nanoTime();
        load.offer(PER_SECOND, seconds).join();
        assertThat(load.failed()).isZero();
        return load.registered() / ((System.nanoTime() - begun) / 1e9);
    }

    private long emitted() {
        String[] info = redis.cli("XINFO", "STREAM", "cb:stream:events").lines().toArray(String[]::new);
        for (int i = 0; i < info.length; i++) {
            if (info[i].equals("entries-added")) {
                return Long.parseLong(info[i + 1]);
            }
        }
        throw new IllegalStateException("no stream");
    }
}
