package dev.claudebench.task;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;

import org.junit.jupiter.api.Test;

import com.fasterxml.jackson.databind.JsonNode;

import dev.claudebench.support.FleetTest;
import dev.claudebench.support.Rpc;
import io.quarkus.test.junit.QuarkusTest;

/** What the number of a claim tells from later ones. */
@QuarkusTest
class ClaimFencingTest extends FleetTest {

    private JsonNode resume(String workerId) {
        return rpc("task.claim").with("workerId", workerId).with("resume", true).with("maxTasks", 10).result();
    }

    @Test
    void restartedWorkerGetsBackWhatItHoldsUnderNewClaims() {
        createNumberedTasks(4);
        assertThat(registered(rpc("system.register").with("id", "w1")
                .with("roles", List.of("worker"))
                .with("capacity", 3))).isTrue();
        JsonNode before = rpc("task.claim").with("workerId", "w1").with("maxTasks", 2).result();

        JsonNode resumed = resume("w1");

        assertThat(resumed.get("tasks").findValuesAsText("text"))
                .as("what it holds first, then new ones up to its capacity")
                .containsExactly("t0", "t1", "t2");
        assertThat(resumed.get("held").intValue()).isEqualTo(3);
        for (int i = 0; i < 2; i++) {
            assertThat(resumed.at("/tasks/" + i + "/claim").longValue())
                    .isGreaterThan(before.at("/tasks/" + i + "/claim").longValue());
            assertThat(resumed.at("/tasks/" + i + "/attempts").intValue()).isZero();
        }
    }

    @Test
    void staleReportIsRefusedWithTheStatusAndTheNewHoldersResultStands() {
        String id = createTask("t");
        register("w1", "worker");
        JsonNode old = claim("w1");
        JsonNode renewed = resume("w1").get("task");
        Rpc.Call stale = report("task.complete", old).with("result", "old");

        assertThat(stale.error(-32602).get("data"))
                .hasToString("{\"reason\":\"claim_is_over\",\"status\":\"in_progress\"}");
        assertThat(report("task.progress", old).refusal()).isEqualTo("claim_is_over");
        assertThat(report("task.release", old).refusal()).isEqualTo("claim_is_over");
        report("task.complete", renewed).with("result", "new").result();

        assertThat(stale.error(-32602).at("/data/status").asText()).isEqualTo("completed");
        assertThat(rpc("task.get").with("taskId", id).result().at("/task/result").asText()).isEqualTo("new");
        assertThat(events("task.completed")).hasSize(1);
    }

    @Test
    void reportOfAWorkerThatHasDiedIsRefusedOnceAnotherHasItsTask() {
        String id = createTask("t");
        register("w1", "worker");
        JsonNode old = claim("w1");
        lapse("w1");
        register("w2", "worker");
        endBackoff(id);
        JsonNode current = claim("w2");

        assertThat(report("task.complete", old).refusal()).isEqualTo("claim_is_over");
        assertThat(report("task.complete", old).with("error", "late").refusal()).isEqualTo("claim_is_over");
        assertThat(report("task.complete", current).result().get("status").asText()).isEqualTo("completed");
    }

    @Test
    void repeatedReportOfAClaimIsAnsweredTheSame() {
        createTask("t");
        register("w1", "worker");
        Rpc.Call failure = report("task.complete", claim("w1")).with("error", "broke");
        JsonNode answer = failure.result();
        assertThat(answer.get("status").asText()).isEqualTo("scheduled");
        assertThat(failure.result()).isEqualTo(answer);
        assertThat(events("task.failed")).hasSize(1);

        endBackoff(answer.get("id").asText());
        JsonNode second = claim("w1");
        assertThat(failure.result()).as("while the next claim is under way").isEqualTo(answer);
        assertThat(second.get("attempts").intValue()).isEqualTo(1);

        Rpc.Call release = report("task.release", second);
        release.result();
        release.result();
        assertThat(events("task.released")).hasSize(1);

        Rpc.Call completion = report("task.complete", claim("w1"));
        JsonNode end = completion.result();
        assertThat(completion.result()).isEqualTo(end);
        assertThat(completion.with("error", "broke").refusal()).as("another report").isEqualTo("task_already_ended");
        assertThat(events("task.completed")).hasSize(1);
    }

    @Test
    void claimsRiseWhateverRedisHasLost() {
        createNumberedTasks(2);
        register("w1", "worker");
        long first = claim("w1").get("claim").longValue();
        redis.execute("DEL", "cb:tasks:claim");
        long second = claim("w1").get("claim").longValue();
        assertThat(second).isGreaterThan(first);
    }
}
