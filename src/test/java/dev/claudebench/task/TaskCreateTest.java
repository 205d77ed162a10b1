package dev.claudebench.task;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;

import org.junit.jupiter.api.Test;

import com.fasterxml.jackson.databind.JsonNode;

import dev.claudebench.method.Json;
import dev.claudebench.support.FleetTest;
import dev.claudebench.support.Rpc;
import io.quarkus.test.junit.QuarkusTest;

@QuarkusTest
class TaskCreateTest extends FleetTest {

    @Test
    void createdTaskIsPendingWithItsDefaults() {
        JsonNode task = rpc("task.create").with("text", "review").with("metadata", Map.of("pr", 7)).result();

        String id = task.get("id").asText();
        assertThat(task).isEqualTo(Json.read(
                """
                {"id":"%s","text":"review","priority":50,"roles":[],"metadata":{"pr":7},"status":"pending","attempts":0,
                 "maxAttempts":3,"createdAt":%s,"dependsOn":[],"resources":[],"leaseMs":0}"""
                        .formatted(id, task.get("createdAt"))));
        assertThat(text("HGET", "cb:task:" + id, "status")).isEqualTo("pending");
        assertThat(number("PTTL", "cb:task:" + id)).isEqualTo(-1);
        assertThat(text("ZSCORE", "cb:queue:tasks:pending", id))
                .isEqualTo(text("ZSCORE", "cb:queue:tasks:pending:-", id))
                .isNotEmpty();
        assertThat(events("task.created")).singleElement()
                .satisfies(event -> assertThat(event.get("id").asText()).isEqualTo(id));
        assertThat(version()).isPositive();
    }

    @Test
    void longestTextIsKeptWholeAndALongerOneIsRefused() {
        String longest = "x".repeat(16_384);
        assertThat(rpc("task.create").with("text", longest).result().get("text").asText()).isEqualTo(longest);
        assertThat(rpc("task.create").with("text", longest + "x").violations()).containsExactly("text");
    }

    @Test
    void taskWaitsInTheQueueOfItsSetOfRolesHoweverTheyAreWritten() {
        createTask("one", 50, "gpu,arm");
        createTask("two", 50, "arm,gpu,arm");
        assertThat(number("ZCARD", "cb:queue:tasks:pending:arm,gpu")).isEqualTo(2);
    }

    @Test
    void sameIdempotencyKeyIsTheSameTask() {
        Rpc.Call create = rpc("task.create").with("text", "deploy").with("idempotencyKey", "k1");
        JsonNode first = create.result();
        register("w1", "worker");
        JsonNode again = create.result();
        JsonNode other = create.with("idempotencyKey", "k2").result();

        assertThat(again.get("id")).isEqualTo(first.get("id"));
        assertThat(again.get("status").asText()).isEqualTo("assigned");
        assertThat(again.get("workerId").asText()).isEqualTo("w1");
        assertThat(other.get("id")).isNotEqualTo(first.get("id"));
        assertThat(events("task.created")).hasSize(2);
        assertThat(number("PTTL", "cb:idempotency:task.create:k1")).isBetween(86_000_000L, 86_400_000L);
    }

    @Test
    void tasksOfManyDifferentSetsOfRolesHinderNobody() {
        for (int i = 0; i < 300; i++) {
            createTask("urgent", 100, "nobody" + i + ",gpu");
        }
        createTask("for all");
        createTask("special", 50, "gpu,arm");
        register("w1", "worker,gpu,arm");
        register("w2", "worker,gpu,nobody7");

        assertThat(claim("w1").get("text").asText()).isEqualTo("for all");
        assertThat(claim("w1").get("text").asText()).isEqualTo("special");
        assertThat(claim("w2").get("roles")).hasToString("[\"nobody7\",\"gpu\"]");
        assertThat(rpc("task.claim").with("workerId", "w2").result().get("claimed").booleanValue())
                .as("a task of the others")
                .isFalse();
    }
}
