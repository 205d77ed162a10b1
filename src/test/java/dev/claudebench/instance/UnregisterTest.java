package dev.claudebench.instance;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import com.fasterxml.jackson.databind.JsonNode;

import dev.claudebench.method.Json;
import dev.claudebench.support.FleetTest;
import io.quarkus.test.junit.QuarkusTest;

@QuarkusTest
class UnregisterTest extends FleetTest {

    private JsonNode unregister(String id, String sessionId) {
        return rpc("system.unregister").with("instanceId", id).with("sessionId", sessionId).result();
    }

    private static JsonNode answer(boolean unregistered, int tasksReassigned) {
        return Json.read("{\"unregistered\":" + unregistered + ",\"tasksReassigned\":" + tasksReassigned + "}");
    }

    @Test
    void tasksOfAnUnregisteredInstanceKeepTheirOrderAndNothingElseIsLeft() {
        createTask("second");
        createTask("first", 90);
        register("w1", "worker,gpu");
        claimTask("w1");
        createTask("third", 40);

        assertThat(rpc("system.unregister").with("instanceId", "w1").with("timestamp", 5).result())
                .isEqualTo(answer(true, 2));

        register("w2", "worker");
        assertThat(tasksOf("w2")).containsExactly("first", "second", "third");
        assertThat(redis.key().keys("*")).noneMatch(key -> key.contains("w1") || key.contains("gpu"));
        assertThat(text("ZSCORE", "cb:instances:active", "w1")).isEmpty();
        assertThat(events("instance.unregistered")).singleElement()
                .satisfies(event -> assertThat(event.get("tasksReassigned")).hasToString("2"));
    }

    @Test
    void leadershipPassesOnAtOnceAndTheVersionRises() {
        register("w1", "worker");
        register("w2", "worker");
        long version = version();
        long term = term();

        unregister("w1");

        assertThat(text("GET", "cb:leader:current")).isEqualTo("w2");
        assertThat(term()).isGreaterThan(term);
        assertThat(version()).isGreaterThan(version);
        assertThat(eventTypes()).endsWith("instance.unregistered", "leader.elected");
        assertThat(number("HGET", "cb:metrics:global", "instances")).isEqualTo(1);
    }

    @Test
    void unregisteringTwiceOrAnUnknownInstanceIsHarmless() {
        register("w1", "worker");
        assertThat(unregister("w1")).isEqualTo(answer(true, 0));
        int events = eventTypes().size();
        assertThat(unregister("w1")).isEqualTo(answer(true, 0));
        assertThat(unregister("nobody")).isEqualTo(answer(true, 0));
        assertThat(eventTypes()).hasSize(events);
    }

    @Test
    void anotherSessionCannotUnregisterAnInstance() {
        assertThat(register("w1", "worker", "s1")).isTrue();
        assertThat(unregister("w1", "s2")).isEqualTo(answer(false, 0));
        assertThat(unregister("w1")).isEqualTo(answer(false, 0));
        assertThat(number("EXISTS", "cb:instance:w1")).isEqualTo(1);
        assertThat(unregister("w1", "s1")).isEqualTo(answer(true, 0));
    }

    @Test
    void instanceWhoseTimeIsOverExpiresInstead() {
        createTask("one");
        assertThat(register("w1", "worker", "s1")).isTrue();
        lapse("w1");
        assertThat(unregister("w1", "s2")).isEqualTo(answer(true, 1));
        assertThat(eventTypes()).contains("instance.expired").doesNotContain("instance.unregistered");
        assertThat(number("ZCARD", "cb:queue:tasks:pending")).isEqualTo(1);
    }
}
