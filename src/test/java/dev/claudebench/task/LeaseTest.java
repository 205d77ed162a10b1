package dev.claudebench.task;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import com.fasterxml.jackson.databind.JsonNode;

import dev.claudebench.support.FleetTest;
import dev.claudebench.support.Rpc;
import io.quarkus.test.junit.QuarkusTest;

/** Leases of claims, and what the holder of a task that was taken from it is told. */
@QuarkusTest
class LeaseTest extends FleetTest {

    private JsonNode claimLeased(String workerId) {
        rpc("task.create").with("text", "t").with("leaseMs", 60_000).result();
        return claim(workerId);
    }

    /** Lets the lease of a claim lapse at once; the next claim or sweep finds it. */
    private void lapseLease(JsonNode claimed) {
        redis.execute("ZADD", "cb:tasks:leases", "XX", "1", claimed.get("id").asText());
        rpc("task.claim").with("workerId", "sweeper").result();
    }

    private JsonNode heartbeat(String id) {
        return rpc("system.heartbeat").with("instanceId", id).result();
    }

    @BeforeEach
    void registerSweeper() {
        rpc("system.register").with("id", "sweeper").with("roles", List.of("worker")).with("capacity", 0).result();
        register("w1", "worker");
    }

    @Test
    void claimWithoutProgressIsLostWhenItsLeaseLapsesAndItsHolderIsToldOnce() {
        JsonNode claimed = claimLeased("w1");
        assertThat(claimed.get("leaseUntil").longValue() - claimed.get("claimedAt").longValue()).isEqualTo(60_000);

        lapseLease(claimed);

        JsonNode task = rpc("task.get").with("taskId", claimed.get("id")).result().get("task");
        assertThat(task.get("status").asText()).isEqualTo("scheduled");
        assertThat(task.get("reason").asText()).isEqualTo("lease_lapsed");
        assertThat(task.get("attempts").intValue()).isEqualTo(1);
        assertThat(report("task.complete", claimed).refusal()).isEqualTo("claim_is_over");
        assertThat(heartbeat("w1").at("/cancelled/0")).isEqualTo(claimed.get("id"));
        assertThat(heartbeat("w1")).hasToString("{\"alive\":true}");
    }

    @Test
    void progressBeginsTheLeaseAnewAndIsShown() {
        JsonNode claimed = claimLeased("w1");
        redis.execute("ZADD", "cb:tasks:leases", "1", claimed.get("id").asText());

        JsonNode progress = report("task.progress", claimed).with("note", "half way").with("percent", 50).result();

        assertThat(progress.get("leaseUntil").longValue())
                .isGreaterThanOrEqualTo(claimed.get("leaseUntil").longValue());
        rpc("task.claim").with("workerId", "sweeper").result();
        JsonNode task = rpc("task.get").with("taskId", claimed.get("id")).result().get("task");
        assertThat(task.get("status").asText()).isEqualTo("in_progress");
        assertThat(task.get("note").asText()).isEqualTo("half way");
        assertThat(task.get("percent").intValue()).isEqualTo(50);
        assertThat(task.get("leaseUntil")).isEqualTo(progress.get("leaseUntil"));
    }

    @Test
    void claimWithoutALeaseNeverLapses() {
        createTask("t");
        JsonNode claimed = claim("w1");
        assertThat(claimed.get("leaseMs").longValue()).isZero();
        assertThat(report("task.progress", claimed).result().get("leaseUntil").isNull()).isTrue();
        assertThat(number("EXISTS", "cb:tasks:leases")).isZero();
    }

    @Test
    void cancelFencesOffTheHolderAndTellsItsNextHeartbeat() {
        JsonNode claimed = claimLeased("w1");
        Rpc.Call cancel = rpc("task.cancel").with("taskId", claimed.get("id")).with("reason", "not needed");

        JsonNode cancelled = cancel.result();

        assertThat(cancelled.get("status").asText()).isEqualTo("cancelled");
        assertThat(cancelled.get("reason").asText()).isEqualTo("not needed");
        assertThat(cancel.result()).isEqualTo(cancelled);
        assertThat(report("task.complete", claimed).error(-32602).get("data"))
                .hasToString("{\"reason\":\"claim_is_over\",\"status\":\"cancelled\"}");
        assertThat(heartbeat("w1").at("/cancelled/0")).isEqualTo(claimed.get("id"));
        assertThat(number("EXISTS", "cb:tasks:leases", "cb:queue:claimed:w1", "cb:queue:instance:w1")).isZero();
        assertThat(events("task.cancelled")).hasSize(1);
    }

    @Test
    void taskThatNobodyHasBegunIsCancelledAndMayBeRetried() {
        String id = createTask("t");
        rpc("task.cancel").with("taskId", id).result();
        assertThat(rpc("task.claim").with("workerId", "w1").result().get("claimed").booleanValue()).isFalse();
        assertThat(heartbeat("w1")).as("it has not begun it").hasToString("{\"alive\":true}");
        assertThat(rpc("task.retry").with("taskId", id).result().get("status").asText()).isEqualTo("pending");
        completeTask(claimTask("w1"), "w1");
        assertThat(rpc("task.cancel").with("taskId", id).refusal()).isEqualTo("task_already_ended");
    }
}
