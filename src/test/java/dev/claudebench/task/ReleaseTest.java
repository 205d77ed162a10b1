package dev.claudebench.task;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;

import org.junit.jupiter.api.Test;

import com.fasterxml.jackson.databind.JsonNode;

import dev.claudebench.support.FleetTest;
import io.quarkus.test.junit.QuarkusTest;

/** Tasks that are given back or begun later, and what their history tells. */
@QuarkusTest
class ReleaseTest extends FleetTest {

    private static List<String> types(JsonNode found) {
        return found.get("history").findValuesAsText("type");
    }

    @Test
    void releasedTaskIsBackInItsPlaceAndNoAttemptIsCounted() {
        createTask("first");
        createTask("second");
        register("w1", "worker");
        JsonNode claimed = claim("w1");

        JsonNode released = report("task.release", claimed).result();

        assertThat(released.get("status").asText()).isEqualTo("pending");
        assertThat(released.get("attempts").intValue()).isZero();
        assertThat(released.has("workerId") || released.has("claim")).isFalse();
        assertThat(report("task.progress", claimed).refusal()).isEqualTo("claim_is_over");
        register("w2", "worker");
        assertThat(claim("w2").get("text").asText()).isEqualTo("first");
    }

    @Test
    void unregisteringCountsNoAttempt() {
        String id = createTask("t");
        register("w1", "worker");
        claim("w1");
        unregister("w1");
        JsonNode task = rpc("task.get").with("taskId", id).result().get("task");
        assertThat(task.get("status").asText()).isEqualTo("pending");
        assertThat(task.get("attempts").intValue()).isZero();
    }

    @Test
    void taskIsScheduledUntilItsTime() {
        JsonNode later = rpc("task.create").with("text", "later").with("delayMs", 60_000).result();
        assertThat(later.get("status").asText()).isEqualTo("scheduled");
        assertThat(later.get("runAt").longValue() - later.get("createdAt").longValue()).isEqualTo(60_000);
        register("w1", "worker");
        assertThat(rpc("task.claim").with("workerId", "w1").result().get("claimed").booleanValue()).isFalse();

        endBackoff(later.get("id").asText());

        assertThat(claim("w1").get("id")).isEqualTo(later.get("id"));
        assertThat(events("task.due")).hasSize(1);
    }

    @Test
    void timeThatHasPassedDelaysNothing() {
        JsonNode task = rpc("task.create").with("text", "t").with("runAt", 1_000_000_000_000L).result();
        assertThat(task.get("status").asText()).isEqualTo("pending");
    }

    @Test
    void taskThatIsUnblockedWaitsForItsTime() {
        String first = createTask("first");
        JsonNode later = rpc("task.create").with("text", "later")
                .with("dependsOn", List.of(first))
                .with("delayMs", 60_000)
                .result();
        assertThat(later.get("status").asText()).isEqualTo("blocked");
        register("w1", "worker");
        report("task.complete", claim("w1")).result();
        assertThat(statusOf(later.get("id").asText())).isEqualTo("scheduled");
    }

    @Test
    void historyTellsWhatHasHappenedToATask() {
        String id = createTask("t");
        register("w1", "worker");
        report("task.complete", claim("w1")).with("error", "broke").result();
        endBackoff(id);
        report("task.release", claim("w1")).result();
        report("task.complete", claim("w1")).result();

        JsonNode found = rpc("task.get").with("taskId", id).result();

        assertThat(types(found)).containsSubsequence("task.created", "task.assigned", "task.claimed", "task.failed",
                "task.due", "task.claimed", "task.released", "task.claimed", "task.completed");
        assertThat(found.get("history")).allSatisfy(entry -> assertThat(entry.get("timestamp").isNumber()).isTrue());
        assertThat(found.at("/task/status").asText()).isEqualTo("completed");
    }

    @Test
    void historyIsBounded() {
        String id = createTask("t");
        register("w1", "worker");
        for (int i = 0; i < 60; i++) {
            report("task.release", claim("w1")).result();
        }
        JsonNode found = rpc("task.get").with("taskId", id).result();
        assertThat(found.get("history")).hasSize(100);
        assertThat(types(found)).endsWith("task.released");
    }

    @Test
    void unknownTaskIsRefusedByName() {
        for (String method : List.of("task.get", "task.cancel", "task.retry")) {
            assertThat(rpc(method).with("taskId", "no such task").refusal()).isEqualTo("task_not_found");
        }
        for (String method : List.of("task.progress", "task.release")) {
            assertThat(rpc(method).with("taskId", "no such task").with("claim", 1).refusal())
                    .isEqualTo("task_not_found");
        }
    }
}
