package dev.claudebench.task;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import com.fasterxml.jackson.databind.JsonNode;

import dev.claudebench.support.FleetTest;
import io.quarkus.test.junit.QuarkusTest;

/** Tasks that depend on others. */
@QuarkusTest
class DependencyTest extends FleetTest {

    private JsonNode createAfter(String... ids) {
        return rpc("task.create").with("text", "after").with("dependsOn", ids).result();
    }

    @Test
    void taskIsBlockedUntilAllThatItDependsOnAreCompleted() {
        String first = createTask("first");
        String second = createTask("second");
        JsonNode after = createAfter(first, second, first);
        String id = after.get("id").asText();
        assertThat(after.get("status").asText()).isEqualTo("blocked");
        register("w1", "worker");

        report("task.complete", claim("w1")).result();
        assertThat(statusOf(id)).isEqualTo("blocked");
        JsonNode last = claim("w1");
        assertThat(rpc("task.claim").with("workerId", "w1").result().get("claimed").booleanValue()).isFalse();
        report("task.complete", last).result();

        assertThat(events("task.unblocked")).singleElement()
                .satisfies(event -> assertThat(event.get("id").asText()).isEqualTo(id));
        assertThat(claim("w1").get("id").asText()).isEqualTo(id);
    }

    @Test
    void taskThatDependsOnACompletedOneIsPendingAtOnce() {
        createTask("first");
        register("w1", "worker");
        JsonNode first = claim("w1");
        report("task.complete", first).result();
        assertThat(createAfter(first.get("id").asText()).get("status").asText()).isEqualTo("pending");
    }

    @Test
    void unknownDependencyIsRefusedByNameAndNothingIsCreated() {
        String first = createTask("first");
        assertThat(rpc("task.create").with("text", "t").with("dependsOn", List.of(first, "no such task")).refusal())
                .isEqualTo("dependency_not_found");
        assertThat(number("ZCARD", "cb:tasks:all")).isEqualTo(1);
    }

    @Test
    void tooManyDependenciesAreRefused() {
        List<String> many = IntStream.range(0, 33).mapToObj(i -> "t" + i).toList();
        assertThat(rpc("task.create").with("text", "t").with("dependsOn", many).violations())
                .containsExactly("dependsOn");
    }

    @Test
    void cancelledDependencyKeepsATaskBlockedUntilItIsRetriedAndIsShown() {
        String first = createTask("first");
        String id = createAfter(first).get("id").asText();
        register("w1", "worker");
        rpc("task.cancel").with("taskId", first).result();

        JsonNode seen = rpc("task.get").with("taskId", id).result();
        assertThat(seen.at("/task/status").asText()).isEqualTo("blocked");
        assertThat(seen.get("dependencies")).hasToString("[{\"id\":\"" + first + "\",\"status\":\"cancelled\"}]");

        rpc("task.retry").with("taskId", first).result();
        report("task.complete", claim("w1")).result();
        assertThat(statusOf(id)).isEqualTo("assigned");
    }

    @ParameterizedTest
    @ValueSource(ints = {99, 100, 101, 150})
    void dependentsAreAllUnblockedInBatchesOf100(int dependents) {
        String first = createTask("first", 100);
        for (int i = 0; i < dependents; i++) {
            createAfter(first);
        }
        register("w1", "worker");
        report("task.complete", claim("w1")).result();
        assertThat(number("ZCARD", "cb:tasks:blocked")).isEqualTo(Math.max(0, dependents - 100));

        claimTask("w1");

        assertThat(number("EXISTS", "cb:tasks:blocked", "cb:tasks:unblocking")).isZero();
        assertThat(events("task.unblocked")).hasSize(dependents);
    }

    @Test
    void cancelledTaskIsNotUnblocked() {
        String first = createTask("first");
        String id = createAfter(first).get("id").asText();
        register("w1", "worker");
        rpc("task.cancel").with("taskId", id).result();
        report("task.complete", claim("w1")).result();
        assertThat(statusOf(id)).isEqualTo("cancelled");
        assertThat(rpc("task.retry").with("taskId", id).result().get("status").asText()).isEqualTo("pending");
    }
}
