package dev.claudebench.state;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;

import org.junit.jupiter.api.Test;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import dev.claudebench.method.Json;
import dev.claudebench.support.FleetTest;
import io.quarkus.test.junit.QuarkusTest;

@QuarkusTest
class GetStateTest extends FleetTest {

    @Test
    void stateOfAnEmptySystemIsEmpty() {
        ObjectNode state = (ObjectNode) state();
        assertThat(state.remove("readAt").longValue()).isPositive();
        assertThat(state).isEqualTo(
                Json.read("{\"version\":0,\"leader\":null,\"instances\":[],\"tasks\":[],\"recentEvents\":[],"
                        + "\"totals\":{\"instances\":0,\"tasks\":{\"scheduled\":0,\"blocked\":0,\"pending\":0,"
                        + "\"assigned\":0,\"in_progress\":0,\"completed\":0,\"dead\":0,\"cancelled\":0}},\"truncated\":false}"));
        assertThat(keys()).as("reading writes nothing").isEmpty();
    }

    @Test
    void stateHasTheLeaderTheInstancesTheTasksAndTheRecentEvents() {
        createTask("urgent", 90);
        createTask("special", 80, "gpu");
        rpc("system.register").with("id", "w1")
                .with("roles", List.of("worker"))
                .with("sessionId", "secret")
                .with("metadata", Json.read("{\"host\":\"a/b\",\"load\":0.50}"))
                .result();
        register("chief", "leader");

        JsonNode state = state();
        assertThat(state.get("version").longValue()).isEqualTo(version());
        assertThat(state.get("leader")).hasToString("{\"id\":\"w1\",\"term\":" + term() + "}");
        assertThat(state.get("instances")).extracting(instance -> instance.get("id").asText())
                .as("role leader first")
                .containsExactly("chief", "w1");
        assertThat(state.at("/instances/1/metadata")).hasToString("{\"host\":\"a/b\",\"load\":0.50}");
        assertThat(state.toString()).as("a session id is a secret").doesNotContain("secret");
        assertThat(state.get("tasks")).extracting(task -> task.get("text").asText() + " " + task.get("status").asText())
                .containsExactly("urgent assigned", "special pending");
        assertThat(state.get("recentEvents")).extracting(event -> event.get("type").asText())
                .as("newest first")
                .containsExactly("instance.registered", "task.assigned", "leader.elected", "instance.registered",
                        "task.created", "task.created");
    }

    @Test
    void limitBoundsEveryList() {
        for (int i = 0; i < 3; i++) {
            createTask("t" + i);
            register("m" + i, "monitor");
        }
        JsonNode state = rpc("system.get_state").with("limit", 2).result();
        assertThat(state.get("instances")).hasSize(2);
        assertThat(state.get("tasks")).hasSize(2);
        assertThat(state.get("recentEvents")).hasSize(2);
        assertThat(rpc("system.get_state").result().get("instances")).hasSize(3);
    }

    @Test
    void stateTellsTheTotalsAndWhetherAListIsIncomplete() {
        createNumberedTasks(3);
        register("w1", "worker");
        completeTask(claimTask("w1"), "w1");
        claimTask("w1");
        createTask("special", 50, "gpu");
        register("m1", "monitor");
        register("m2", "monitor");
        lapse("m2");

        JsonNode whole = rpc("system.get_state").with("limit", 3).result();
        assertThat(whole.get("truncated").booleanValue()).isFalse();
        assertThat(whole.get("totals")).isEqualTo(Json.read("{\"instances\":2,\"tasks\":{\"scheduled\":0,"
                + "\"blocked\":0,\"pending\":1,\"assigned\":1,\"in_progress\":1,\"completed\":1,\"dead\":0,"
                + "\"cancelled\":0}}"));
        JsonNode withoutATask = rpc("system.get_state").with("limit", 2).result();
        assertThat(withoutATask.get("truncated").booleanValue()).isTrue();
        assertThat(withoutATask.get("totals")).isEqualTo(whole.get("totals"));
    }

    @Test
    void stateWithoutAnInstanceIsIncomplete() {
        register("m1", "monitor");
        register("m2", "monitor");
        assertThat(rpc("system.get_state").with("limit", 2).result().get("truncated").booleanValue()).isFalse();
        assertThat(rpc("system.get_state").with("limit", 1).result().get("truncated").booleanValue()).isTrue();
    }
}
