package dev.claudebench.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.Map;

import org.junit.jupiter.api.Test;

import com.fasterxml.jackson.databind.JsonNode;

import dev.claudebench.support.ExternalRedis;
import dev.claudebench.support.FleetFiller;
import dev.claudebench.support.FleetTest;
import dev.claudebench.support.RedisProcess;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;

/** A fleet over time, with the timer that clears away the dead. */
@QuarkusTest
@TestProfile(FleetLifeTest.Sweeping.class)
@QuarkusTestResource(value = ExternalRedis.class, restrictToAnnotatedClass = true)
class FleetLifeTest extends FleetTest {
    private static final long TTL = 3000;

    RedisProcess server;

    public static class Sweeping implements QuarkusTestProfile {
        @Override
        public Map<String, String> getConfigOverrides() {
            return Map.of("claudebench.instance.ttl", TTL + "ms", "claudebench.instance.sweep-interval", "500ms");
        }
    }

    @Test
    void taskOfAKilledWorkerGoesToAWaitingOneAfterTheTimeToLiveAndTheBackoff() {
        createTask("begun");
        register("killed", "worker");
        claimTask("killed");
        long lastSeen = number("HGET", "cb:instance:killed", "lastSeen");
        register("other", "worker");
        makeImmortal("other");

        JsonNode again = rpc("task.claim").with("workerId", "other").with("waitMs", 20_000).result().get("task");

        assertThat(again.get("text").asText()).isEqualTo("begun");
        assertThat(again.get("attempts").intValue()).isEqualTo(1);
        assertThat(again.get("claimedAt").longValue()).as("by the clock of Redis")
                .isBetween(lastSeen + TTL + 1000, lastSeen + TTL + 3000);
        assertThat(events("instance.expired")).singleElement()
                .satisfies(event -> assertThat(event.get("id").asText()).isEqualTo("killed"));
    }

    private void makeImmortal(String id) {
        redis.execute("ZINCRBY", "cb:instances:active", "60000", id);
        redis.execute("PERSIST", "cb:instance:" + id);
    }

    @Test
    void leadershipOfAKilledLeaderPassesOnWithoutCalls() {
        register("w1", "worker");
        register("w2", "worker");
        lapse("w1");
        await().pollInterval(Duration.ofMillis(50)).until(() -> text("GET", "cb:leader:current").equals("w2"));
    }

    @Test
    void thousandsOfInstancesWithTasksExpireAtOnceWhileCallsAreServed() {
        FleetFiller.fill(server.uri(), "cb:", new FleetFiller.Fleet(2, 0, 1, 1, 10_000));
        register("w1", "monitor");

        await().pollInterval(Duration.ofMillis(20)).until(() -> {
            assertThat(rpc("system.heartbeat").with("instanceId", "w1").result()).hasToString("{\"alive\":true}");
            return number("ZCARD", "cb:instances:active") == 3;
        });

        assertThat(number("HGET", "cb:metrics:global", "expirations")).isEqualTo(10_000);
        await().untilAsserted(() -> assertThat(number("EXISTS", "cb:tasks:scheduled")).as("in a back-off").isZero());
        assertThat(number("ZCARD", "cb:queue:tasks:pending") + tasksOf("i0").size()).isEqualTo(20_002);
    }
}
