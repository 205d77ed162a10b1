package dev.claudebench.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;

import dev.claudebench.support.FleetTest;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;

/** A fleet over time, with the timer that clears away the dead. */
@QuarkusTest
@TestProfile(FleetLifeTest.Sweeping.class)
class FleetLifeTest extends FleetTest {

    public static class Sweeping implements QuarkusTestProfile {
        @Override
        public Map<String, String> getConfigOverrides() {
            return Map.of("claudebench.instance.ttl", "3s", "claudebench.instance.sweep-interval", "1s");
        }
    }

    @Test
    void tasksOfAKilledWorkerAreWithAnotherAsSoonAsItIsClearedAwayWithoutAnyCall() {
        createTask("one", 50, "");
        register("killed", "worker");
        rpc.result("task.claim", "{'workerId':'killed'}");
        register("other", "worker");
        redis.execute("ZINCRBY", "cb:instances:active", "60000", "other");
        redis.execute("PERSIST", "cb:instance:other");

        await().pollInterval(Duration.ofMillis(50)).until(() -> tasksOf("other").contains("one"));
        assertThat(number("ZSCORE", "cb:instances:active", "killed")).as("gone in the same moment").isZero();
        assertThat(events("instance.expired")).singleElement()
                .satisfies(event -> assertThat(event.get("id").asText()).isEqualTo("killed"));
    }

    @Test
    void leadershipOfAKilledLeaderPassesOnWithoutAnyCall() {
        register("w1", "worker");
        register("w2", "worker");
        lapse("w1");
        await().pollInterval(Duration.ofMillis(50)).until(() -> text("GET", "cb:leader:current").equals("w2"));
        assertThat(text("GET", "cb:leader:term")).isEqualTo("2");
    }

    @Test
    void thousandsThatDieAtOnceAreClearedAwayWhileCallsAreServed() {
        for (int i = 0; i < 10_000; i++) {
            redis.execute("ZADD", "cb:instances:active", "1", "dead" + i);
        }
        register("w1", "monitor");
        await().pollInterval(Duration.ofMillis(20)).until(() -> {
            assertThat(rpc.result("system.heartbeat", "{'instanceId':'w1'}").get("alive").booleanValue()).isTrue();
            return number("ZCARD", "cb:instances:active") == 1;
        });
        assertThat(number("HGET", "cb:metrics:global", "expirations")).isEqualTo(10_000);
    }

    @Test
    void tenWorkersJoiningOneAfterAnotherEndWithinOneTaskOfEachOther() {
        String create = "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"task.create\",\"params\":{\"text\":\"t\"}}";
        for (int batch = 0; batch < 20; batch++) {
            rpc.send("[" + String.join(",", Collections.nCopies(50, create)) + "]");
        }
        for (int i = 0; i < 10; i++) {
            register("w" + i, "worker");
        }
        List<Long> loads = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            loads.add(number("ZSCORE", "cb:workers:load", "w" + i));
        }
        assertThat(loads).allSatisfy(load -> assertThat(load).isEqualTo(10));
        assertThat(number("ZCARD", "cb:queue:tasks:pending")).isEqualTo(900);
    }
}
