package dev.claudebench.task;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;

import org.junit.jupiter.api.Test;

import com.fasterxml.jackson.databind.JsonNode;

import dev.claudebench.method.Json;
import dev.claudebench.support.FleetTest;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;

@QuarkusTest
@TestProfile(TaskCreateTest.FewRoleSets.class)
class TaskCreateTest extends FleetTest {

    public static class FewRoleSets implements QuarkusTestProfile {
        @Override
        public Map<String, String> getConfigOverrides() {
            return Map.of("claudebench.task.max-role-sets", "2");
        }
    }

    @Test
    void createdTaskIsPendingWithItsDefaults() {
        JsonNode task = rpc.result("task.create", "{'text':'review','metadata':{'pr':7}}");

        String id = task.get("id").asText();
        assertThat(task).isEqualTo(Json.read(
                """
                {"id":"%s","text":"review","priority":50,"roles":[],"metadata":{"pr":7},"status":"pending","attempts":0,
                 "createdAt":%s}""".formatted(id, task.get("createdAt"))));
        assertThat(text("HGET", "cb:task:" + id, "status")).isEqualTo("pending");
        assertThat(number("PTTL", "cb:task:" + id)).isEqualTo(-1);
        assertThat(text("ZSCORE", "cb:queue:tasks:pending", id))
                .isEqualTo(text("ZSCORE", "cb:queue:tasks:pending:-", id))
                .isNotEmpty();
        assertThat(events("task.created")).singleElement()
                .satisfies(event -> assertThat(event.get("id").asText()).isEqualTo(id));
        assertThat(number("HGET", "cb:state:global", "version")).isEqualTo(1);
    }

    @Test
    void taskWaitsInTheQueueOfItsSetOfRolesHoweverTheyAreWritten() {
        createTask("one", 50, "gpu,arm");
        createTask("two", 50, "arm,gpu,arm");
        assertThat(number("ZCARD", "cb:queue:tasks:pending:arm,gpu")).isEqualTo(2);
    }

    @Test
    void sameIdempotencyKeyIsTheSameTask() {
        JsonNode first = rpc.result("task.create", "{'text':'deploy','idempotencyKey':'k1'}");
        register("w1", "worker");
        JsonNode again = rpc.result("task.create", "{'text':'deploy','idempotencyKey':'k1'}");
        JsonNode other = rpc.result("task.create", "{'text':'deploy','idempotencyKey':'k2'}");

        assertThat(again.get("id")).isEqualTo(first.get("id"));
        assertThat(again.get("status").asText()).isEqualTo("assigned");
        assertThat(again.get("workerId").asText()).isEqualTo("w1");
        assertThat(other.get("id")).isNotEqualTo(first.get("id"));
        assertThat(events("task.created")).hasSize(2);
        assertThat(number("PTTL", "cb:idempotency:task.create:k1")).isBetween(86_000_000L, 86_400_000L);
    }

    @Test
    void oneSetOfRolesTooManyIsRefusedByNameUntilAnotherHasNoUnfinishedTask() {
        createTask("one", 50, "");
        createTask("two", 50, "gpu");
        JsonNode refused = rpc.call("task.create", "{'text':'three','roles':['arm']}");

        assertThat(refused.at("/error/code").intValue()).isEqualTo(-32602);
        assertThat(refused.at("/error/data")).hasToString("{\"reason\":\"too_many_role_sets\"}");
        assertThat(number("ZCARD", "cb:queue:tasks:pending")).isEqualTo(2);

        register("w1", "worker");
        String claimed = rpc.result("task.claim", "{'workerId':'w1'}").get("taskId").asText();
        assertThat(rpc.call("task.create", "{'text':'three','roles':['arm']}").has("error"))
                .as("tasks that are held may go back to pending")
                .isTrue();
        rpc.result("task.complete", "{'id':'" + claimed + "','workerId':'w1'}");
        createTask("three", 50, "arm");
        assertThat(number("ZCARD", "cb:queue:tasks:pending:arm")).isEqualTo(1);
    }
}
