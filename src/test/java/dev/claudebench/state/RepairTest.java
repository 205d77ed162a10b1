package dev.claudebench.state;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import com.fasterxml.jackson.databind.JsonNode;

import dev.claudebench.support.FleetTest;
import io.quarkus.test.junit.QuarkusTest;

/** Indexes that are deleted by hand. */
@QuarkusTest
class RepairTest extends FleetTest {

    /** A fleet with tasks of every status. */
    @BeforeEach
    void fillFleet() {
        register("w1", "worker,gpu");
        rpc("task.create").with("text", "begun")
                .with("leaseMs", 60_000)
                .with("resources", List.of("repo/src"))
                .with("priority", 100)
                .result();
        claim("w1");
        String done = createTask("done", 90);
        completeTask(claimTask("w1"), "w1");
        createTask("dead", 80);
        rpc("task.create").with("text", "dead").with("maxAttempts", 1).with("priority", 90).result();
        report("task.complete", claim("w1")).with("error", "broke").result();
        register("w1", "worker,gpu");
        rpc("task.cancel").with("taskId", createTask("cancelled")).result();
        rpc("task.create").with("text", "blocked").with("dependsOn", List.of(createTask("gpu", 50, "gpu"))).result();
        createTask("pending");
        rpc("task.create").with("text", "scheduled").with("delayMs", 3_600_000).result();
        assertThat(statusOf(done)).isEqualTo("completed");
    }

    private long repair() {
        return rpc("system.repair").pages().stream().mapToLong(page -> page.get("repaired").longValue()).sum();
    }

    private String contentsOf(String key) {
        return text("TYPE", key).equals("set")
                ? redis.execute("SORT", key, "ALPHA").toString()
                : redis.execute("ZRANGE", key, "0", "-1").toString();
    }

    @Test
    void nothingIsToBeRepairedInASoundFleet() {
        assertThat(repair()).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"tasks:all", "queue:tasks:pending", "queue:tasks:pending:-", "queue:tasks:pending:gpu",
            "queue:tasks:assigned:-", "tasks:next-roles:-", "tasks:scheduled", "tasks:blocked", "tasks:assigned",
            "tasks:in_progress", "tasks:completed", "tasks:dead", "tasks:cancelled", "tasks:pending-since",
            "tasks:leases", "tasks:resources", "queue:instance:w1", "queue:claimed:w1", "role:worker", "role:gpu",
            "leader:candidates"})
    void deletedIndexIsBuiltAgain(String index) {
        String key = "cb:" + index;
        String before = contentsOf(key);
        assertThat(before).isNotEqualTo("[]");
        redis.execute("DEL", key);

        assertThat(repair()).as("what was repaired is told").isPositive();

        assertThat(contentsOf(key)).isEqualTo(before);
        assertThat(repair()).as("nothing is left to do").isZero();
    }

    @Test
    void scheduledTaskKeepsItsTime() {
        String before = text("ZRANGE", "cb:tasks:scheduled", "0", "-1", "WITHSCORES");
        redis.execute("DEL", "cb:tasks:scheduled");
        repair();
        assertThat(text("ZRANGE", "cb:tasks:scheduled", "0", "-1", "WITHSCORES")).isEqualTo(before);
    }

    @Test
    void metricsAreRightAgain() {
        redis.execute("HSET", "cb:metrics:global", "tasksPending", "77", "workers", "77");
        repair();
        assertThat(number("HGET", "cb:metrics:global", "tasksPending")).isEqualTo(2);
        assertThat(number("HGET", "cb:metrics:global", "workers")).isEqualTo(1);
    }

    @Test
    void entriesWithoutARecordAreDropped() {
        String id = createTask("lost");
        redis.execute("DEL", "cb:task:" + id);
        assertThat(repair()).isPositive();
        assertThat(text("ZSCORE", "cb:tasks:all", id)).isEmpty();
        assertThat(text("ZSCORE", "cb:queue:tasks:pending", id)).isEmpty();
    }

    @Test
    void everyEntryIsComparedInBoundedSteps() {
        createTasks(250, "many");
        for (int i = 0; i < 120; i++) {
            rpc("task.create").with("text", "of the same time").with("runAt", 9_000_000_000_000L).result();
        }
        redis.execute("DEL", "cb:queue:tasks:pending", "cb:queue:tasks:pending:-");

        List<JsonNode> pages = rpc("system.repair").pages();

        assertThat(pages).allSatisfy(page -> assertThat(page.get("repaired").intValue()).isLessThan(300));
        assertThat(number("ZCARD", "cb:queue:tasks:pending")).isEqualTo(252);
    }

    @Test
    void inventedCursorIsRefused() {
        assertThat(rpc("system.repair").with("cursor", "x").violations()).containsExactly("cursor");
        assertThat(rpc("system.repair").with("cursor", "99 -inf ").violations()).containsExactly("cursor");
    }
}
