package dev.claudebench.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import dev.claudebench.support.RedisProcess;
import dev.claudebench.support.Rpc;
import dev.claudebench.support.ServiceProcess;
import dev.claudebench.support.SseClient;
import dev.claudebench.support.SseClient.Block;

/** Followers get all retained events, also after failures. */
class EventsIT {
    private static final int EVENTS = 20;
    private static final Duration BODY_TIMEOUT = Duration.ofSeconds(2);

    private RedisProcess redis;
    private final List<ServiceProcess> services = new ArrayList<>();

    @BeforeEach
    void startRedis() {
        redis = new RedisProcess("--appendonly", "yes", "--appendfsync", "always").start();
    }

    @AfterEach
    void endAll() {
        services.forEach(ServiceProcess::close);
        redis.close();
    }

    private ServiceProcess startService() {
        ServiceProcess service = ServiceProcess.start("-Dquarkus.redis.hosts=" + redis.uri(),
                "-Dsmallrye.faulttolerance.global.circuit-breaker.delay=1",
                "-Dclaudebench.rate-limit.\"task.create\".limit=0",
                "-Dclaudebench.rpc.body-timeout=" + BODY_TIMEOUT.toSeconds() + "s");
        services.add(service);
        return service;
    }

    private static void createTasks(Rpc rpc) {
        for (int i = 0; i < EVENTS; i++) {
            rpc.call("task.create").with("text", "t").result();
        }
    }

    private List<String> streamIds() {
        return redis.cli("XRANGE", "cb:stream:events", "-", "+")
                .lines()
                .filter(line -> line.matches("\\d+-\\d+"))
                .toList();
    }

    private static List<String> ids(List<Block> events) {
        return events.stream().map(Block::id).toList();
    }

    @Test
    void eventsGoOnWithoutLossAfterRedisIsKilled() {
        ServiceProcess service = startService();
        try (SseClient client = SseClient.follow(service.base(), "").awaitPosition()) {
            createTasks(Rpc.of(service));
            List<String> seen = new ArrayList<>(ids(client.next(EVENTS)));
            redis.kill();
            redis.start();
            // of another writer, before the service is back
            redis.cli("XADD", "cb:stream:events", "*", "type", "task.created", "payload", "{}");
            await().atMost(Duration.ofSeconds(30))
                    .until(() -> Rpc.of(service).call("task.create").with("text", "t").succeeds());
            createTasks(Rpc.of(service));

            seen.addAll(ids(client.next(1 + 1 + EVENTS)));
            assertThat(seen).isEqualTo(streamIds());
        }
    }

    @Test
    void clientOfAKilledReplicaResumesAtAnother() {
        ServiceProcess killed = startService();
        ServiceProcess other = startService();
        List<String> seen = new ArrayList<>();
        String lastEventId;
        try (SseClient client = SseClient.follow(killed.base(), "").awaitPosition()) {
            createTasks(Rpc.of(killed));
            // it has read a part of what it was sent
            seen.addAll(ids(client.next(EVENTS / 2)));
            killed.kill();
            lastEventId = client.lastEventId();
        }
        createTasks(Rpc.of(other));
        try (SseClient client = SseClient.resume(other.base(), "", lastEventId)) {
            seen.addAll(ids(client.next(EVENTS / 2)));
            createTasks(Rpc.of(other));
            seen.addAll(ids(client.next(2 * EVENTS)));
        }
        assertThat(seen).isEqualTo(streamIds());
    }

    @Test
    void streamLastsLongerThanTheTimeLimitOfABody() {
        ServiceProcess service = startService();
        try (SseClient client = SseClient.follow(service.base(), "").awaitPosition()) {
            await().during(BODY_TIMEOUT.multipliedBy(2)).until(client::isOpen);
            createTasks(Rpc.of(service));

            assertThat(ids(client.next(EVENTS))).isEqualTo(streamIds());
        }
    }

    @Test
    void clientMayFollowBeforeRedisIsUp() {
        ServiceProcess service = startService();
        createTasks(Rpc.of(service));
        redis.kill();
        try (SseClient late = SseClient.follow(service.base(), "");
                SseClient resuming = SseClient.follow(service.base(), "?since=0")) {
            redis.start();
            assertThat(ids(resuming.next(EVENTS))).isEqualTo(streamIds());
            late.awaitPosition();
            redis.cli("XADD", "cb:stream:events", "*", "type", "task.created", "payload", "{}");
            assertThat(late.next().id()).isEqualTo(resuming.next().id());
        }
    }

    @Test
    void stoppingServiceEndsTheStreamsAtOnce() {
        ServiceProcess service = startService();
        try (SseClient client = SseClient.follow(service.base(), "").awaitPosition()) {
            service.stop();
            await().until(() -> !client.isOpen());
            assertThat(service.log()).doesNotContain("Timed out waiting for graceful shutdown");
        }
    }
}
