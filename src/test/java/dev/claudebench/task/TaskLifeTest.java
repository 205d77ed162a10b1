package dev.claudebench.task;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.Test;

import com.fasterxml.jackson.databind.JsonNode;

import dev.claudebench.method.Json;
import dev.claudebench.support.FleetTest;
import io.quarkus.test.junit.QuarkusTest;

@QuarkusTest
class TaskLifeTest extends FleetTest {

    private JsonNode claim(String workerId, int maxTasks) {
        return rpc("task.claim").with("workerId", workerId).with("maxTasks", maxTasks).result();
    }

    private static List<String> texts(JsonNode claim) {
        List<String> texts = new ArrayList<>();
        claim.get("tasks").forEach(task -> texts.add(task.get("text").asText()));
        return texts;
    }

    private String complete(String members) {
        JsonNode response = rpc.call("task.complete", "{" + members + "}");
        return response.has("result")
                ? response.at("/result/status").asText()
                : response.at("/error/code").asText() + " " + response.at("/error/data/reason").asText();
    }

    @Test
    void claimBeginsAssignedTasksFirstThenPendingOnes() {
        createTask("assigned", 10);
        register("w1", "worker");
        createTask("urgent but pending", 90);
        createTask("not for it", 95, "gpu");

        JsonNode first = claim("w1", 1);
        assertThat(first.get("claimed").booleanValue()).isTrue();
        assertThat(first.get("task")).isEqualTo(first.at("/tasks/0"));
        assertThat(first.get("taskId")).isEqualTo(first.at("/task/id"));
        assertThat(first.at("/task/status").asText()).isEqualTo("in_progress");
        assertThat(texts(first)).containsExactly("assigned");
        assertThat(texts(claim("w1", 10))).containsExactly("urgent but pending");
        assertThat(claim("w1", 10)).isEqualTo(Json.read("{\"claimed\":false,\"tasks\":[]}"));

        assertThat(number("ZCARD", "cb:tasks:in_progress")).isEqualTo(2);
        assertThat(number("HGET", "cb:metrics:global", "tasksInProgress")).isEqualTo(2);
        assertThat(number("ZSCORE", "cb:workers:load", "w1")).isEqualTo(2);
        assertThat(events("task.claimed")).hasSize(2);
    }

    @Test
    void workerNeverHoldsMoreThanItsCapacity() {
        register("w1", "worker");
        for (int i = 0; i < 15; i++) {
            createTask("t" + i);
        }
        assertThat(claim("w1", 8).get("tasks")).hasSize(8);
        assertThat(claim("w1", 8).get("tasks")).hasSize(2);
        assertThat(claim("w1", 8).get("tasks")).isEmpty();
    }

    @Test
    void onlyLiveWorkersOfTheirOwnSessionClaim() {
        createTask("one");
        register("m1", "monitor");
        assertThat(register("w1", "worker", "s1")).isTrue();
        for (String members : new String[]{"'workerId':'nobody'", "'workerId':'m1'", "'workerId':'w1'",
                "'workerId':'w1','sessionId':'s2'"}) {
            JsonNode refused = rpc.call("task.claim", "{" + members + "}");
            assertThat(refused.at("/error/code").intValue()).isEqualTo(-32602);
            assertThat(refused.at("/error/data/reason").asText()).isEqualTo("worker_not_registered");
        }
        assertThat(number("ZCARD", "cb:tasks:in_progress")).isZero();
    }

    @Test
    void completedTaskIsKeptForADayWithItsResultAndTellingItAgainIsAnsweredTheSame() {
        String id = createTask("one");
        register("w1", "worker");
        claim("w1", 1);

        String report = "{'taskId':'" + id + "','workerId':'w1','result':{'files':[1.0]}}";
        JsonNode end = rpc.result("task.complete", report);
        assertThat(end.get("status").asText()).isEqualTo("completed");
        assertThat(rpc.result("task.complete", report)).isEqualTo(end);
        assertThat(complete("'id':'" + id + "','workerId':'w1','error':'no'"))
                .isEqualTo("-32602 task_already_ended");

        JsonNode task = rpc("task.list").with("status", "completed").result().at("/tasks/0");
        assertThat(task.get("result")).hasToString("{\"files\":[1.0]}");
        assertThat(task.get("workerId").asText()).isEqualTo("w1");
        assertThat(task.get("completedAt")).isEqualTo(end.get("completedAt"));
        assertThat(number("PTTL", "cb:task:" + id)).isBetween(86_000_000L, 86_400_000L);
        assertThat(number("ZSCORE", "cb:workers:load", "w1")).isZero();
        assertThat(number("EXISTS", "cb:queue:instance:w1")).isZero();
        assertThat(number("HGET", "cb:metrics:global", "tasksCompleted")).isEqualTo(1);
        assertThat(events("task.completed")).hasSize(1);
    }

    @Test
    void failedTaskIsTriedAgainInItsPlaceUntilItIsDead() {
        String id = createTask("hard", 90);
        createTask("easy", 10);
        register("w1", "worker");
        String failure = "'id':'" + id + "','workerId':'w1','error':'it\\nbroke'";

        for (int attempt = 1; attempt <= 2; attempt++) {
            claim("w1", 1);
            assertThat(complete(failure)).isEqualTo("pending");
            assertThat(tasksOf("w1")).as("given out again, before what is less urgent").containsExactly("hard", "easy");
        }
        claim("w1", 1);
        JsonNode end = rpc.result("task.complete", "{" + failure + "}");
        assertThat(end.get("status").asText()).isEqualTo("dead");
        assertThat(rpc.result("task.complete", "{" + failure + "}")).isEqualTo(end);
        assertThat(complete("'id':'" + id + "','workerId':'w1'")).isEqualTo("-32602 task_already_ended");

        JsonNode dead = rpc("task.list").with("status", "dead").result().at("/tasks/0");
        assertThat(dead.get("attempts").intValue()).isEqualTo(3);
        assertThat(dead.get("error").asText()).isEqualTo("it\nbroke");
        assertThat(number("HGET", "cb:metrics:global", "tasksDead")).isEqualTo(1);
        assertThat(number("HGET", "cb:metrics:global", "tasksFailed")).isEqualTo(3);
        assertThat(number("HGET", "cb:metrics:global", "tasksDied")).isEqualTo(1);
        assertThat(events("task.failed")).hasSize(3);
        assertThat(events("task.dead")).hasSize(1);
        assertThat(tasksOf("w1")).containsExactly("easy");
    }

    @Test
    void failureToldTwiceCountsOnce() {
        String id = createTask("hard");
        register("w1", "worker");
        String failure = "'id':'" + id + "','workerId':'w1','error':'broke'";
        claim("w1", 1);
        assertThat(complete(failure)).isEqualTo("pending");

        assertThat(complete(failure)).as("while it is given out again").isEqualTo("pending");
        rpc("system.unregister").with("instanceId", "w1").result();
        assertThat(complete(failure)).as("when the worker has gone").isEqualTo("pending");
        register("w2", "worker");
        claim("w2", 1);
        assertThat(complete(failure)).as("may be a new one").isEqualTo("-32602 not_assigned_to_worker");
        assertThat(complete(failure + ",'attempts':0")).as("is none").isEqualTo("pending");
        assertThat(text("HGET", "cb:task:" + id, "status")).isEqualTo("in_progress");
        assertThat(events("task.failed")).hasSize(1);
        assertThat(complete("'id':'" + id + "','workerId':'w2'")).isEqualTo("completed");
        assertThat(complete("'id':'" + id + "','workerId':'w2','attempts':0")).isEqualTo("-32602 task_already_ended");
        assertThat(complete("'id':'" + id + "','workerId':'w2','attempts':1")).isEqualTo("completed");
    }

    @Test
    void numberOfAttemptsTellsALateReportFromANewOne() {
        String id = createTask("hard");
        register("w1", "worker");
        String failure = "'id':'" + id + "','workerId':'w1','error':'broke'";
        assertThat(claim("w1", 1).at("/task/attempts").intValue()).isZero();
        assertThat(complete(failure + ",'attempts':0")).isEqualTo("pending");
        assertThat(claim("w1", 1).at("/task/attempts").intValue()).isEqualTo(1);

        assertThat(complete(failure + ",'attempts':0")).isEqualTo("pending");
        assertThat(complete("'id':'" + id + "','workerId':'w1','attempts':0")).isEqualTo("-32602 attempt_is_over");
        assertThat(text("HGET", "cb:task:" + id, "attempts")).isEqualTo("1");
        assertThat(text("HGET", "cb:task:" + id, "status")).isEqualTo("in_progress");
        assertThat(complete(failure + ",'attempts':1")).isEqualTo("pending");
        assertThat(text("HGET", "cb:task:" + id, "attempts")).isEqualTo("2");
    }

    @Test
    void nobodyButTheHolderEndsATask() {
        String id = createTask("one");
        assertThat(register("w1", "worker", "s1")).isTrue();
        assertThat(register("w2", "worker", "s2")).isTrue();
        String task = "'id':'" + id + "','workerId':";

        assertThat(complete("'id':'no such task','workerId':'w1'")).isEqualTo("-32602 task_not_found");
        assertThat(complete(task + "'w1','sessionId':'s1'")).isEqualTo("-32602 task_not_claimed");
        rpc("task.claim").with("workerId", "w1").with("sessionId", "s1").result();
        assertThat(complete(task + "'w2','sessionId':'s2'")).isEqualTo("-32602 not_assigned_to_worker");
        assertThat(complete(task + "'w1','sessionId':'s2'")).isEqualTo("-32602 held_by_another_session");
        assertThat(complete(task + "'w1'")).isEqualTo("-32602 held_by_another_session");
        assertThat(text("HGET", "cb:task:" + id, "status")).isEqualTo("in_progress");
        assertThat(complete(task + "'w1','sessionId':'s1'")).isEqualTo("completed");
        assertThat(complete(task + "'w2','sessionId':'s1'")).isEqualTo("-32602 not_assigned_to_worker");
        assertThat(complete(task + "'w1','sessionId':'s2'")).isEqualTo("-32602 task_already_ended");
    }

    @Test
    void zombieCanNeitherCompleteNorHeartbeat() {
        String id = createTask("one");
        assertThat(register("w1", "worker", "s1")).isTrue();
        rpc("task.claim").with("workerId", "w1").with("sessionId", "s1").result();
        String report = "'id':'" + id + "','workerId':'w1','sessionId':'s1'";

        lapse("w1");
        assertThat(complete(report)).as("before it is cleared away").isEqualTo("-32602 worker_not_registered");
        register("w2", "worker");
        assertThat(complete(report)).as("while another has its task").isEqualTo("-32602 not_assigned_to_worker");
        assertThat(rpc("system.heartbeat").with("instanceId", "w1").with("sessionId", "s1").result())
                .hasToString("{\"alive\":false}");
        rpc("system.unregister").with("instanceId", "w2").result();
        assertThat(complete(report)).as("after it was requeued").isEqualTo("-32602 not_assigned_to_worker");
        assertThat(text("HGET", "cb:task:" + id, "status")).isEqualTo("pending");
    }

    @Test
    void completingOneTaskBringsTheNext() {
        for (int i = 0; i < 11; i++) {
            createTask("t" + i);
        }
        register("w1", "worker");
        String id = claim("w1", 1).get("taskId").asText();
        assertThat(complete("'taskId':'" + id + "','workerId':'w1'")).isEqualTo("completed");
        assertThat(tasksOf("w1")).hasSize(10).endsWith("t10");
    }

    @Test
    void rulesAcrossParamsNameTheField() {
        assertThat(rpc("task.complete").violations()).containsExactly("taskId");
        assertThat(rpc("task.complete").with("id", "a").with("taskId", "b").violations()).containsExactly("taskId");
        assertThat(rpc("task.complete").with("id", "a").with("workerId", "w").with("result", 1).with("error", "e").violations()).containsExactly("error");
        assertThat(rpc("task.list").with("status", "lost").violations()).containsExactly("status");
        assertThat(rpc("task.list").with("cursor", "x").violations()).containsExactly("cursor");
        assertThat(rpc("task.claim").with("workerId", "w").with("maxTasks", 11).violations()).containsExactly("maxTasks");
    }

    @Test
    void listGoesThroughEveryStatusPageByPage() {
        for (int i = 0; i < 7; i++) {
            createTask("t" + i);
        }
        createTask("gpu", 90, "gpu");
        register("w1", "worker");
        String done = claim("w1", 3).get("taskId").asText();
        complete("'id':'" + done + "','workerId':'w1'");

        List<String> seen = new ArrayList<>();
        String cursor = "";
        int pages = 0;
        do {
            JsonNode page = rpc.result("task.list", "{'limit':2" + cursor + "}");
            page.get("tasks")
                    .forEach(task -> seen.add(task.get("text").asText() + " " + task.get("status").asText()));
            cursor = page.has("cursor") ? ",'cursor':'" + page.get("cursor").asText() + "'" : "";
            pages++;
        } while (!cursor.isEmpty());

        assertThat(seen).containsExactly("t1 in_progress", "t2 in_progress", "t3 assigned", "t4 assigned",
                "t5 assigned", "t6 assigned", "gpu pending", "t0 completed");
        assertThat(pages).isEqualTo(4);
        assertThat(rpc("task.list").with("status", "pending").result().get("tasks")).hasSize(1);
    }
}
