package dev.claudebench.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import com.fasterxml.jackson.databind.JsonNode;

import dev.claudebench.support.RedisProcess;
import dev.claudebench.support.Rpc;
import dev.claudebench.support.ServiceProcess;
import dev.claudebench.support.SseClient;

/** Silences of the coordinator, jumps of the clock, and a Redis that has lost its newest writes. */
class SilenceIT {
    private static final Duration TIMEOUT = Duration.ofSeconds(30);
    private static final Duration TTL = Duration.ofSeconds(4);
    private static final Duration OUTAGE = TTL.plusSeconds(2);

    private RedisProcess redis;
    private ServiceProcess service;
    private Rpc rpc;

    @BeforeEach
    void start() {
        redis = new RedisProcess("--appendonly", "no", "--save", "").start();
        startService();
    }

    private void startService() {
        service = ServiceProcess.start("-Dquarkus.redis.hosts=" + redis.uri(), "-Dclaudebench.instance.ttl=" + TTL,
                "-Dsmallrye.faulttolerance.global.circuit-breaker.delay=1");
        rpc = Rpc.of(service);
    }

    @AfterEach
    void end() {
        service.close();
        redis.close();
    }

    /** Why a coordinator does not answer. */
    enum Silence {
        REDIS_HANGS, REDIS_IS_RESTARTED, SERVICE_IS_GONE
    }

    @ParameterizedTest
    @EnumSource
    void instanceAliveBeforeASilenceOfTheCoordinatorKeepsEverything(Silence silence) {
        register("lead", "leader");
        register("beats", "worker");
        register("dies", "worker");
        List<String> tasks = new ArrayList<>();
        for (String worker : List.of("beats", "dies")) {
            rpc.call("task.create").with("text", "for " + worker).result();
            tasks.add(rpc.call("task.claim")
                    .with("workerId", worker)
                    .with("sessionId", "s-" + worker)
                    .result()
                    .get("taskId")
                    .textValue());
        }
        String term = redis.cli("GET", "cb:leader:term");

        fallSilent(silence);

        assertThat(heartbeat("beats")).as("alive, of the same session").isTrue();
        assertThat(heartbeat("lead")).isTrue();
        JsonNode state = rpc.call("system.get_state").result();
        assertThat(state.get("instances")).hasSize(3);
        assertThat(state.at("/leader/id").textValue()).isEqualTo("lead");
        assertThat(redis.cli("GET", "cb:leader:term")).as("no election").isEqualTo(term);
        assertThat(rpc.call("task.complete")
                .with("taskId", tasks.get(0))
                .with("sessionId", "s-beats")
                .result()
                .get("status")
                .textValue()).isEqualTo("completed");
        assertThat(statuses()).isEqualTo(Map.of("for beats", "completed", "for dies", "in_progress"));
        await("the line of the log").atMost(TIMEOUT)
                .until(() -> service.log().contains("Nobody could send a heartbeat"));

        await("the end of the grace").atMost(TIMEOUT).until(() -> {
            assertThat(heartbeat("beats")).isTrue();
            assertThat(heartbeat("lead")).isTrue();
            return rpc.call("system.get_state").result().get("instances").size() == 2;
        });
        await("the sweep and the back-off").atMost(TIMEOUT)
                .untilAsserted(() -> assertThat(statuses()).containsEntry("for dies", "pending"));
        assertThat(redis.cli("GET", "cb:leader:term")).as("no election").isEqualTo(term);
    }

    private void fallSilent(Silence silence) {
        switch (silence) {
            case REDIS_HANGS -> {
                redis.suspend();
                pass(OUTAGE);
                redis.resume();
            }
            case REDIS_IS_RESTARTED -> {
                redis.cli("SAVE");
                redis.kill();
                pass(OUTAGE);
                redis.start();
            }
            case SERVICE_IS_GONE -> {
                service.kill();
                pass(OUTAGE);
                startService();
            }
        }
        await("the service").atMost(TIMEOUT)
                .until(() -> rpc.call("system.heartbeat").with("instanceId", "x").succeeds());
    }

    /** Sleeps: during an outage, there is no condition to wait for. */
    private static void pass(Duration time) {
        await().pollDelay(time).atMost(time.plusSeconds(5)).until(() -> true);
    }

    @Test
    void termAndVersionRiseAfterRedisLosesItsNewestWrites() {
        register("lead-1", "leader");
        redis.cli("SAVE");
        rpc.call("system.unregister").with("instanceId", "lead-1").with("sessionId", "s-lead-1").result();
        register("lead-2", "leader");
        JsonNode lost = rpc.call("system.get_state").result();
        redis.kill();
        redis.start();
        await().atMost(TIMEOUT)
                .until(() -> rpc.call("system.unregister")
                        .with("instanceId", "lead-1")
                        .with("sessionId", "s-lead-1")
                        .succeeds());
        register("lead-3", "leader");

        JsonNode state = rpc.call("system.get_state").result();
        assertThat(state.at("/leader/id").textValue()).isEqualTo("lead-3");
        assertThat(state.at("/leader/term").longValue()).isGreaterThan(lost.at("/leader/term").longValue());
        assertThat(state.get("version").longValue()).isGreaterThan(lost.get("version").longValue());
    }

    @Test
    void followersGetAGapAfterRedisLosesItsNewestWrites() {
        register("kept", "worker");
        redis.cli("SAVE");
        try (SseClient connected = SseClient.follow(service.base(), "").awaitPosition()) {
            register("lost", "worker");
            String lost = connected.next().id();
            redis.kill();
            redis.start();
            await().atMost(TIMEOUT).until(() -> rpc.call("system.heartbeat").with("instanceId", "x").succeeds());
            register("new", "worker");

            assertThat(connected.await(block -> "gap".equals(block.event())).payload().get("since").textValue())
                    .isEqualTo(lost);
            assertThat(connected.next().data()).contains("\"new\"");
            try (SseClient resumed = SseClient.resume(service.base(), "", lost)) {
                assertThat(resumed.next().event()).isEqualTo("gap");
                assertThat(resumed.next().data()).contains("\"new\"");
            }
        }
    }

    @Test
    void clockThatIsSetBackExtendsNoDeadline() {
        register("lead", "leader");
        register("beats", "worker");

        redis.moveClock(Duration.ofHours(-1));
        rpc.call("system.get_state").result();

        for (String key : List.of("cb:leader:current", "cb:instance:lead", "cb:health:gossip:lead")) {
            assertThat(Long.parseLong(redis.cli("PTTL", key))).as(key).isBetween(1L, TTL.toMillis());
        }
        await("the silent leader to expire").atMost(TIMEOUT).until(() -> {
            assertThat(heartbeat("beats")).isTrue();
            return rpc.call("system.get_state").result().at("/leader/id").asText().equals("beats");
        });
    }

    @Test
    void clockThatIsSetForwardExpiresNoInstance() {
        register("lead", "leader");
        register("beats", "worker");
        String term = redis.cli("GET", "cb:leader:term");

        redis.moveClock(Duration.ofHours(1));

        assertThat(heartbeat("beats")).isTrue();
        JsonNode state = rpc.call("system.get_state").result();
        assertThat(state.get("instances")).hasSize(2);
        assertThat(state.at("/leader/id").textValue()).isEqualTo("lead");
        assertThat(redis.cli("GET", "cb:leader:term")).isEqualTo(term);
    }

    @Test
    void clockThatIsSetForwardEndsNoLease() {
        register("beats", "worker");
        rpc.call("task.create").with("text", "leased").with("leaseMs", 60_000).result();
        JsonNode claimed = rpc.call("task.claim")
                .with("workerId", "beats")
                .with("sessionId", "s-beats")
                .result()
                .get("task");

        redis.moveClock(Duration.ofHours(1));

        assertThat(heartbeat("beats")).isTrue();
        assertThat(statuses()).isEqualTo(Map.of("leased", "in_progress"));
        assertThat(rpc.call("task.complete")
                .with("taskId", claimed.get("id"))
                .with("claim", claimed.get("claim"))
                .result()
                .get("status")
                .textValue()).isEqualTo("completed");
    }

    private void register(String id, String role) {
        assertThat(rpc.call("system.register")
                .with("id", id)
                .with("roles", List.of(role))
                .with("sessionId", "s-" + id)
                .result()
                .get("registered")
                .booleanValue()).isTrue();
    }

    private boolean heartbeat(String id) {
        return rpc.call("system.heartbeat")
                .with("instanceId", id)
                .with("sessionId", "s-" + id)
                .result()
                .get("alive")
                .booleanValue();
    }

    /** Returns the status of all tasks by their texts. */
    private Map<String, String> statuses() {
        Map<String, String> statuses = new TreeMap<>();
        rpc.call("task.list")
                .result()
                .get("tasks")
                .forEach(task -> statuses.put(task.get("text").textValue(), task.get("status").textValue()));
        return statuses;
    }
}
