package dev.claudebench.task;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;

import org.junit.jupiter.api.Test;

import com.fasterxml.jackson.databind.JsonNode;

import dev.claudebench.method.Json;
import dev.claudebench.support.FleetTest;
import dev.claudebench.support.Rpc;
import io.quarkus.test.junit.QuarkusTest;

@QuarkusTest
class TaskLifeTest extends FleetTest {

    private JsonNode claim(String workerId, int maxTasks) {
        return rpc("task.claim").with("workerId", workerId).with("maxTasks", maxTasks).result();
    }

    private static List<String> texts(JsonNode claim) {
        return claim.get("tasks").findValuesAsText("text");
    }

    private Rpc.Call report(String id, String workerId) {
        return rpc("task.complete").with("id", id).with("workerId", workerId);
    }

    private Rpc.Call report(String id, String workerId, String sessionId) {
        return report(id, workerId).with("sessionId", sessionId);
    }

    private Rpc.Call failure(String id, String workerId) {
        return report(id, workerId).with("error", "broke");
    }

    /** Sends a report, which must be accepted. Returns the status of the task. */
    private static String status(Rpc.Call report) {
        return report.result().get("status").asText();
    }

    @Test
    void claimBeginsTheBestTasksThatTheWorkerMayTake() {
        createTask("assigned", 10);
        register("w1", "worker");
        createTask("urgent but pending", 90);
        createTask("not for it", 95, "gpu");

        JsonNode first = claim("w1", 1);
        assertThat(first.get("claimed").booleanValue()).isTrue();
        assertThat(first.get("task")).isEqualTo(first.at("/tasks/0"));
        assertThat(first.get("taskId")).isEqualTo(first.at("/task/id"));
        assertThat(first.at("/task/status").asText()).isEqualTo("in_progress");
        assertThat(first.get("held").intValue()).isEqualTo(1);
        assertThat(texts(first)).containsExactly("urgent but pending");
        assertThat(texts(claim("w1", 10))).containsExactly("assigned");
        assertThat(claim("w1", 10)).isEqualTo(Json.read("{\"claimed\":false,\"tasks\":[],\"held\":2}"));

        assertThat(number("ZCARD", "cb:tasks:in_progress")).isEqualTo(2);
        assertThat(number("HGET", "cb:metrics:global", "tasksInProgress")).isEqualTo(2);
        assertThat(events("task.claimed")).hasSize(2);
    }

    @Test
    void workerNeverHoldsMoreThanItsCapacity() {
        register("w1", "worker");
        createNumberedTasks(15);
        assertThat(claim("w1", 8).get("tasks")).hasSize(8);
        assertThat(claim("w1", 8).get("tasks")).hasSize(2);
        assertThat(claim("w1", 8).get("tasks")).isEmpty();
    }

    @Test
    void onlyLiveWorkersOfTheirOwnSessionClaim() {
        createTask("one");
        register("m1", "monitor");
        assertThat(register("w1", "worker", "s1")).isTrue();
        Rpc.Call claim = rpc("task.claim").with("workerId", "w1");
        assertThat(rpc("task.claim").with("workerId", "nobody").refusal()).isEqualTo("worker_not_registered");
        assertThat(rpc("task.claim").with("workerId", "m1").refusal()).isEqualTo("not_a_worker");
        assertThat(claim.refusal()).isEqualTo("held_by_another_session");
        assertThat(claim.with("sessionId", "s2").refusal()).isEqualTo("held_by_another_session");
        assertThat(number("ZCARD", "cb:tasks:in_progress")).isZero();
    }

    @Test
    void completedTaskIsKeptForADayAndARepeatedReportIsAnsweredTheSame() {
        String id = createTask("one");
        register("w1", "worker");
        claimTask("w1");

        Rpc.Call report = rpc("task.complete").with("taskId", id)
                .with("workerId", "w1")
                .with("result", Json.read("{\"files\":[1.0]}"));
        JsonNode end = report.result();
        assertThat(end.get("status").asText()).isEqualTo("completed");
        assertThat(report.result()).isEqualTo(end);
        assertThat(failure(id, "w1").refusal()).isEqualTo("task_already_ended");

        JsonNode task = rpc("task.list").with("status", "completed").result().at("/tasks/0");
        assertThat(task.get("result")).hasToString("{\"files\":[1.0]}");
        assertThat(task.get("workerId").asText()).isEqualTo("w1");
        assertThat(task.get("completedAt")).isEqualTo(end.get("completedAt"));
        assertThat(number("PTTL", "cb:task:" + id)).isBetween(86_000_000L, 86_400_000L);
        assertThat(number("EXISTS", "cb:queue:instance:w1")).isZero();
        assertThat(number("HGET", "cb:metrics:global", "tasksCompleted")).isEqualTo(1);
        assertThat(events("task.completed")).hasSize(1);
    }

    @Test
    void onlyTheHolderEndsATask() {
        String id = createTask("one");
        assertThat(register("w1", "worker", "s1")).isTrue();
        assertThat(register("w2", "worker", "s2")).isTrue();

        assertThat(report("no such task", "w1").refusal()).isEqualTo("task_not_found");
        assertThat(report(id, "w1", "s1").refusal()).isEqualTo("task_not_claimed");
        rpc("task.claim").with("workerId", "w1").with("sessionId", "s1").result();
        assertThat(report(id, "w2", "s2").refusal()).isEqualTo("not_assigned_to_worker");
        assertThat(report(id, "w1", "s2").refusal()).isEqualTo("held_by_another_session");
        assertThat(report(id, "w1").refusal()).isEqualTo("held_by_another_session");
        assertThat(text("HGET", "cb:task:" + id, "status")).isEqualTo("in_progress");
        assertThat(status(report(id, "w1", "s1"))).isEqualTo("completed");
        assertThat(report(id, "w2", "s1").refusal()).isEqualTo("not_assigned_to_worker");
        assertThat(report(id, "w1", "s2").refusal()).isEqualTo("task_already_ended");
    }

    @Test
    void expiredWorkerCanNeitherCompleteNorHeartbeat() {
        String id = createTask("one");
        assertThat(register("w1", "worker", "s1")).isTrue();
        rpc("task.claim").with("workerId", "w1").with("sessionId", "s1").result();
        Rpc.Call report = report(id, "w1", "s1");

        lapse("w1");
        assertThat(report.refusal()).as("before it is swept").isEqualTo("worker_not_registered");
        assertThat(rpc("system.heartbeat").with("instanceId", "w1").with("sessionId", "s1").result())
                .hasToString("{\"alive\":false}");
        assertThat(report.refusal()).as("after that").isEqualTo("not_assigned_to_worker");
        assertThat(statusOf(id)).isEqualTo("scheduled");
        endBackoff(id);
        register("w2", "worker");
        claimTask("w2");
        assertThat(report.refusal()).as("while another has its task").isEqualTo("not_assigned_to_worker");
        assertThat(statusOf(id)).isEqualTo("in_progress");
    }

    @Test
    void completingATaskAssignsTheNext() {
        createNumberedTasks(11);
        register("w1", "worker");
        String id = claimTask("w1");
        assertThat(status(report(id, "w1"))).isEqualTo("completed");
        assertThat(tasksOf("w1")).hasSize(10).endsWith("t10");
    }

    @Test
    void rulesAcrossParamsNameTheField() {
        assertThat(rpc("task.complete").violations()).containsExactly("taskId");
        assertThat(rpc("task.complete").with("id", "a").violations()).containsExactly("claim");
        assertThat(rpc("task.complete").with("id", "a").with("taskId", "b").violations()).containsExactly("taskId");
        assertThat(rpc("task.complete").with("id", "a")
                .with("workerId", "w")
                .with("result", 1)
                .with("error", "e")
                .violations()).containsExactly("error");
        assertThat(rpc("task.progress").with("taskId", "a").violations()).containsExactly("claim");
        assertThat(rpc("task.release").with("taskId", "a").violations()).containsExactly("claim");
        assertThat(
                rpc("task.create").with("text", "t").with("runAt", 2_000_000_000_000L).with("delayMs", 1).violations())
                .containsExactly("delayMs");
        for (long time : new long[]{-5, 0, 1_795_966_000, 10_000_000_000_000L, Long.MAX_VALUE}) {
            assertThat(rpc("task.create").with("text", "t").with("runAt", time).violations()).containsExactly("runAt");
        }
        assertThat(rpc("task.list").with("status", "lost").violations()).containsExactly("status");
        assertThat(rpc("task.list").with("cursor", "x").violations()).containsExactly("cursor");
        assertThat(rpc("task.claim").with("workerId", "w").with("maxTasks", 11).violations())
                .containsExactly("maxTasks");
    }
}
