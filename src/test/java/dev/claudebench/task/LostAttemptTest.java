package dev.claudebench.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.List;

import org.junit.jupiter.api.Test;

import com.fasterxml.jackson.databind.JsonNode;

import dev.claudebench.support.FleetTest;
import dev.claudebench.support.Rpc;
import io.quarkus.test.junit.QuarkusTest;

/** Errors and deaths: the back-off, the last attempt, and a new beginning. */
@QuarkusTest
class LostAttemptTest extends FleetTest {

    private String fail(JsonNode claimed) {
        return report("task.complete", claimed).with("error", "broke").result().get("status").asText();
    }

    private JsonNode task(String id) {
        return rpc("task.get").with("taskId", id).result().get("task");
    }

    @Test
    void taskWhoseWorkersDieIsDeadAfterItsAttempts() {
        String id = rpc("task.create").with("text", "poison").with("maxAttempts", 2).result().get("id").asText();
        for (String worker : List.of("w1", "w2")) {
            register(worker, "worker");
            endBackoff(id);
            claim(worker);
            lapse(worker);
            rpc("system.check_health").result();
        }

        assertThat(task(id).get("status").asText()).isEqualTo("dead");
        assertThat(task(id).get("attempts").intValue()).isEqualTo(2);
        assertThat(task(id).get("reason").asText()).isEqualTo("worker_died");
        assertThat(task(id).get("error").asText()).contains("w2");
        assertThat(events("task.dead")).singleElement()
                .satisfies(event -> assertThat(event.get("reason").asText()).isEqualTo("worker_died"));
        assertThat(text("HGET", "cb:metrics:global", "tasksDead")).isEqualTo("1");
    }

    @Test
    void failedTaskIsTriedAgainAfterABackoffUntilItIsDead() {
        String id = createTask("hard");
        register("w1", "worker");

        assertThat(fail(claim("w1"))).isEqualTo("scheduled");
        JsonNode failed = events("task.failed").get(0);
        assertThat(failed.get("reason").asText()).isEqualTo("error");
        assertThat(failed.get("retryAt").longValue() - failed.get("timestamp").longValue()).isEqualTo(1000);
        assertThat(task(id).get("runAt")).isEqualTo(failed.get("retryAt"));
        assertThat(rpc("task.claim").with("workerId", "w1").result().get("claimed").booleanValue())
                .as("not before its time")
                .isFalse();

        await().until(() -> rpc("task.claim").with("workerId", "w1").result().get("claimed").booleanValue());
        assertThat(events("task.claimed").get(1).get("timestamp").longValue())
                .isGreaterThanOrEqualTo(failed.get("retryAt").longValue());
        assertThat(fail(task(id))).isEqualTo("scheduled");
        failed = events("task.failed").get(1);
        assertThat(failed.get("retryAt").longValue() - failed.get("timestamp").longValue()).isEqualTo(2000);
        endBackoff(id);
        assertThat(fail(claim("w1"))).isEqualTo("dead");

        assertThat(task(id).get("reason").asText()).isEqualTo("error");
        assertThat(task(id).get("error").asText()).isEqualTo("broke");
        assertThat(task(id).get("completedAt").longValue()).isPositive();
        assertThat(number("HGET", "cb:metrics:global", "tasksFailed")).isEqualTo(3);
        assertThat(number("HGET", "cb:metrics:global", "tasksDied")).isEqualTo(1);
        assertThat(events("task.failed").get(2).has("retryAt")).isFalse();
    }

    @Test
    void taskKeepsItsPlaceAfterALostAttempt() {
        String first = createTask("first");
        createTask("second");
        register("w1", "worker");
        register("w2", "worker");
        fail(claim("w1"));
        endBackoff(first);
        assertThat(claim("w2").get("text").asText()).isEqualTo("first");
    }

    @Test
    void deadTaskIsRetriedWithAllItsAttemptsAndItsIdempotencyKeyIsStillItsOwn() {
        Rpc.Call create = rpc("task.create").with("text", "t").with("maxAttempts", 1).with("idempotencyKey", "k");
        String id = create.result().get("id").asText();
        assertThat(rpc("task.retry").with("taskId", id).error(-32602).get("data"))
                .hasToString("{\"reason\":\"task_is_neither_dead_nor_cancelled\",\"status\":\"pending\"}");
        register("w1", "worker");
        assertThat(fail(claim("w1"))).isEqualTo("dead");
        assertThat(number("PTTL", "cb:task:" + id)).isPositive();

        JsonNode retried = rpc("task.retry").with("taskId", id).result();

        assertThat(retried.get("status").asText()).isEqualTo("pending");
        assertThat(retried.get("attempts").intValue()).isZero();
        assertThat(retried.has("error") || retried.has("reason") || retried.has("completedAt")).isFalse();
        assertThat(number("PTTL", "cb:task:" + id)).as("kept until it ends again").isEqualTo(-1);
        assertThat(create.result().get("id").asText()).isEqualTo(id);
        assertThat(events("task.retried")).hasSize(1);
        assertThat(report("task.complete", claim("w1")).result().get("status").asText()).isEqualTo("completed");
    }

    @Test
    void longErrorWithControlCharactersIsCutAndCleaned() {
        String id = createTask("t");
        register("w1", "worker");
        String error = "\u001b[31mred\n\ttrace\u0000" + "x".repeat(20_000);

        report("task.complete", claim("w1")).with("error", error).result();

        assertThat(task(id).get("error").asText()).startsWith("[31mred\n\ttracexxx").hasSizeBetween(16_300, 16_384);
    }

    @Test
    void errorWithoutAnyPrintableCharacterIsAFailureAllTheSame() {
        createTask("t");
        register("w1", "worker");
        assertThat(report("task.complete", claim("w1")).with("error", "\u0007").result().get("status").asText())
                .isEqualTo("scheduled");
    }
}
