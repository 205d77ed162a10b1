package dev.claudebench.instance;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import com.fasterxml.jackson.databind.JsonNode;

import dev.claudebench.method.Json;
import dev.claudebench.support.FleetTest;
import io.quarkus.test.junit.QuarkusTest;

@QuarkusTest
class UnregisterTest extends FleetTest {

    private JsonNode unregister(String members) {
        return rpc.result("system.unregister", "{" + members + "}");
    }

    private static JsonNode answer(boolean unregistered, int tasksReassigned) {
        return Json.read("{\"unregistered\":" + unregistered + ",\"tasksReassigned\":" + tasksReassigned + "}");
    }

    @Test
    void whoGoesLeavesItsTasksInTheirOldOrderAndNothingElse() {
        createTask("second", 50, "");
        createTask("first", 90, "");
        register("w1", "worker,gpu");
        rpc.result("task.claim", "{'workerId':'w1'}");
        createTask("third", 40, "");

        assertThat(unregister("'instanceId':'w1','timestamp':5")).isEqualTo(answer(true, 2));

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
        long version = number("HGET", "cb:state:global", "version");

        unregister("'instanceId':'w1'");

        assertThat(text("GET", "cb:leader:current")).isEqualTo("w2");
        assertThat(text("GET", "cb:leader:term")).isEqualTo("2");
        assertThat(number("HGET", "cb:state:global", "version")).isEqualTo(version + 1);
        assertThat(eventTypes()).endsWith("instance.unregistered", "leader.elected");
        assertThat(number("HGET", "cb:metrics:global", "instances")).isEqualTo(1);
    }

    @Test
    void twiceIsHarmlessAndSoIsWhatNeverWas() {
        register("w1", "worker");
        assertThat(unregister("'instanceId':'w1'")).isEqualTo(answer(true, 0));
        long events = eventTypes().size();
        assertThat(unregister("'instanceId':'w1'")).isEqualTo(answer(true, 0));
        assertThat(unregister("'instanceId':'nobody'")).isEqualTo(answer(true, 0));
        assertThat(eventTypes()).hasSize((int) events);
    }

    @Test
    void anotherSessionCannotSendOneAway() {
        assertThat(register("w1", "worker", "s1")).isTrue();
        assertThat(unregister("'instanceId':'w1','sessionId':'s2'")).isEqualTo(answer(false, 0));
        assertThat(unregister("'instanceId':'w1'")).isEqualTo(answer(false, 0));
        assertThat(number("EXISTS", "cb:instance:w1")).isEqualTo(1);
        assertThat(unregister("'instanceId':'w1','sessionId':'s1'")).isEqualTo(answer(true, 0));
    }

    @Test
    void whoHadDiedAlreadyIsExpiredInstead() {
        createTask("one", 50, "");
        assertThat(register("w1", "worker", "s1")).isTrue();
        lapse("w1");
        assertThat(unregister("'instanceId':'w1','sessionId':'s2'")).isEqualTo(answer(true, 1));
        assertThat(eventTypes()).contains("instance.expired").doesNotContain("instance.unregistered");
        assertThat(number("ZCARD", "cb:queue:tasks:pending")).isEqualTo(1);
    }
}
