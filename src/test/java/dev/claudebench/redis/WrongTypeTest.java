package dev.claudebench.redis;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;

import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import com.fasterxml.jackson.databind.JsonNode;

import dev.claudebench.support.FleetTest;
import dev.claudebench.support.Rpc;
import io.quarkus.test.junit.QuarkusTest;

/** Another program has written a value of another type to a key of the service. */
@NullMarked
@QuarkusTest
class WrongTypeTest extends FleetTest {
    private static final int INTERNAL_ERROR = -32603;
    private static final Set<String> SHARED = Set.of("cb:instances:active", "cb:instances:records",
            "cb:leader:candidates", "cb:leader:term", "cb:queue:tasks:pending", "cb:queue:tasks:sequence",
            "cb:tasks:all", "cb:tasks:next-roles:-", "cb:quota:usage", "cb:tasks:assigned", "cb:tasks:in_progress",
            "cb:metrics:global", "cb:metrics:minutes",
            "cb:state:global",
            "cb:stream:events", "cb:tasks:pending-since", "cb:tasks:claim");

    @BeforeEach
    void startTask() {
        register("w1", "worker");
        register("w2", "worker");
        createTask("t");
        claimTask("w1");
    }

    @AfterEach
    void emptyRedis() {
        redis.flushall();
    }

    @Test
    void callNamesASharedKeyOfAnotherType() {
        Set<String> named = new TreeSet<>();
        for (String key : SHARED) {
            replace(key);
            for (Rpc.Call call : List.of(
                    rpc("system.register").with("id", "new").with("roles", List.of("worker")),
                    rpc("task.create").with("text", "t"),
                    rpc("task.claim").with("workerId", "w2"),
                    rpc("system.heartbeat").with("instanceId", "w1"))) {
                JsonNode error = call.response().path("error");
                if (!error.isMissingNode()) {
                    assertThat(error.path("code").intValue()).as("%s with another type under %s", call, key)
                            .isEqualTo(INTERNAL_ERROR);
                    assertThat(error.path("message").textValue()).startsWith("Internal error: " + key + " holds a ");
                    named.add(key);
                }
            }
            assertThat(readiness()).as(key).contains("DOWN", key + " holds a ");
            redis.flushall();
            startTask();
        }
        // only an election writes the term, only a sweep the history, and none of these calls assigns a task
        assertThat(named).hasSize(SHARED.size() - 3)
                .doesNotContain("cb:leader:term", "cb:metrics:minutes", "cb:tasks:assigned");
    }

    @Test
    void callNamesAKeyOfAnInstanceAndOtherCallsWork() {
        for (String key : List.of("cb:instance:w1", "cb:health:gossip:w1")) {
            replace(key);

            JsonNode error = rpc("system.heartbeat").with("instanceId", "w1").error(INTERNAL_ERROR);

            assertThat(error.get("message").textValue())
                    .startsWith("Internal error: " + key + " holds a string, not a hash");
            assertThat(error.at("/data/errorId").textValue()).isNotEmpty();
            assertThat(rpc("system.heartbeat").with("instanceId", "w2").result()).hasToString("{\"alive\":true}");
            redis.flushall();
            startTask();
        }
    }

    @Test
    void callsWorkAgainOnceTheKeyIsDeleted() {
        replace("cb:role:worker");
        rpc("system.register").with("id", "w3").with("roles", List.of("worker")).error(INTERNAL_ERROR);

        redis.execute("DEL", "cb:role:worker");

        register("w3", "worker");
        assertThat(state().get("instances")).hasSize(3);
        assertThat(readiness()).contains("UP");
    }

    @ParameterizedTest
    @ValueSource(strings = {"cb:stream:events", "cb:metrics:global"})
    void reportThatFailedHalfwayIsAnsweredWhenItIsRepeated(String key) {
        createTask("another");
        JsonNode task = claim("w1");
        replace(key);
        report("task.complete", task).error(INTERNAL_ERROR);

        redis.execute("DEL", key);

        assertThat(report("task.complete", task).result().get("status").textValue()).isEqualTo("completed");
    }

    @ParameterizedTest
    @ValueSource(strings = {"cb:stream:events", "cb:metrics:global"})
    void failureThatFailedHalfwayIsOneAttempt(String key) {
        createTask("another");
        JsonNode task = claim("w1");
        replace(key);
        report("task.complete", task).with("error", "broken").error(INTERNAL_ERROR);

        redis.execute("DEL", key);

        assertThat(report("task.complete", task).with("error", "broken").refusal()).isEqualTo("claim_is_over");
        assertThat(text("HGET", "cb:task:" + task.get("id").textValue(), "attempts")).isEqualTo("1");
    }

    private void replace(String key) {
        String wasText = text("TYPE", key).equals("string") ? "RPUSH" : "SET";
        redis.execute("DEL", key);
        redis.execute(wasText, key, "intruder");
    }

    private static String readiness() {
        return given().get("/q/health/ready").asString();
    }
}
