package dev.claudebench.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;

import com.fasterxml.jackson.databind.JsonNode;

import dev.claudebench.support.FleetTest;
import dev.claudebench.support.Rpc;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;

/** Benches come with what is created in them, are swept, and go when nothing is left. */
@QuarkusTest
@TestProfile(BenchLifeTest.ShortLife.class)
class BenchLifeTest extends FleetTest {
    private static final String LIST = "cb:benches:due";

    public static class ShortLife implements QuarkusTestProfile {
        @Override
        public Map<String, String> getConfigOverrides() {
            return Map.of("claudebench.instance.ttl", "3s", "claudebench.instance.sweep-interval", "1s",
                    "claudebench.redis.timeout", "500ms", "claudebench.task.retention", "1s",
                    "claudebench.task.idempotency-ttl", "1s", "claudebench.bench.max", "3");
        }
    }

    @Test
    void readingCreatesNothing() {
        Rpc rpc = rpc().on("b1");
        assertThat(rpc.call("system.get_state").result().get("version").intValue()).isZero();
        assertThat(rpc.call("task.list").result().get("tasks")).isEmpty();
        assertThat(rpc.call("system.check_health").result().get("healthy").intValue()).isZero();
        assertThat(rpc.call("system.metrics").result()).isEmpty();
        assertThat(rpc.call("system.heartbeat").with("instanceId", "w1").result()).hasToString("{\"alive\":false}");
        assertThat(rpc.call("task.claim").with("workerId", "w1").refusal()).isEqualTo("worker_not_registered");
        assertThat(rpc().call("bench.get").with("name", "b1").refusal()).isEqualTo("bench_not_found");

        assertThat(keys()).allMatch(key -> key.contains("ratelimit"));
        assertThat(redis.key().keys("cb:{b1}:time:*")).isEmpty();
    }

    @Test
    void benchIsThereWhileItHasSomething() {
        assertThat(benches()).isEmpty();
        Rpc rpc = rpc().on("b1");
        String task = rpc.call("task.create").with("text", "t").result().get("id").asText();
        assertThat(benches()).containsExactly("b1");

        rpc.call("task.cancel").with("taskId", task).result();
        await().until(() -> benches().isEmpty());
        assertThat(keys()).noneMatch(key -> key.startsWith("cb:{b1}:") && !key.contains("ratelimit"))
                .doesNotContain(LIST, "cb:benches:names");
        assertThat(rpc().call("bench.get").with("name", "b1").refusal()).isEqualTo("bench_not_found");

        rpc.call("system.register").with("id", "w1").with("roles", List.of("worker")).result();
        assertThat(benches()).containsExactly("b1");
    }

    @Test
    void instancesExpireAndTheirTasksAreTriedAgainWithoutCalls() {
        Rpc rpc = rpc().on("b1");
        rpc.call("system.register").with("id", "w1").with("roles", List.of("worker")).result();
        rpc.call("task.create").with("text", "t").result();
        rpc.call("task.claim").with("workerId", "w1").result();

        await().until(() -> redis.execute("ZCARD", "cb:{b1}:queue:tasks:pending").toInteger() == 1);
        assertThat(redis.execute("EXISTS", "cb:{b1}:instances:active").toInteger()).isZero();
    }

    /** A bench without instances is swept rarely, until an instance registers there. */
    @Test
    void instanceInAQuietBenchExpires() {
        Rpc rpc = rpc().on("b1");
        rpc.call("task.create").with("text", "t").result();
        await().until(() -> redis.execute("EXISTS", "cb:{b1}:bench:listed").toInteger() == 0);
        assertThat(benches()).containsExactly("b1");

        rpc.call("system.register").with("id", "w1").with("roles", List.of("worker")).result();
        await().until(() -> redis.execute("EXISTS", "cb:{b1}:instances:active").toInteger() == 0);
    }

    @Test
    void noMoreThanTheMost() {
        for (String bench : List.of("b1", "b2", "b3")) {
            rpc().on(bench).call("task.create").with("text", "t").result();
        }

        assertThat(rpc().on("b4").call("task.create").with("text", "t").refusal()).isEqualTo("too_many_benches");
        assertThat(rpc().on("b4").call("system.register").with("id", "w1").with("roles", List.of()).refusal())
                .isEqualTo("too_many_benches");
        rpc().on("b3").call("task.create").with("text", "t").result();
        createTask("t");
        assertThat(redis.key().keys("cb:{b4}:*")).allMatch(key -> key.contains("ratelimit"));
    }

    @Test
    void listIsPaged() {
        for (String bench : List.of("b3", "b1", "b2")) {
            rpc().on(bench).call("task.create").with("text", "t").result();
        }

        List<JsonNode> pages = rpc("bench.list").with("limit", 2).pages();
        assertThat(pages).hasSize(2);
        assertThat(names(pages.get(0))).containsExactly("b1", "b2");
        assertThat(names(pages.get(1))).containsExactly("b3");
    }

    @Test
    void sizeOfABench() {
        Rpc rpc = rpc().on("b1");
        rpc.call("task.create").with("text", "t").result();
        rpc.call("system.register").with("id", "w1").with("roles", List.of("worker")).result();

        JsonNode bench = rpc("bench.get").with("name", "b1").result();
        assertThat(bench.get("instances").intValue()).isEqualTo(1);
        assertThat(bench.at("/tasks/assigned").intValue()).isEqualTo(1);
        assertThat(bench.at("/leader/id").asText()).isEqualTo("w1");
        assertThat(rpc("bench.get").with("name", "default").result().get("instances").intValue()).isZero();
    }

    @Test
    void deletedStepByStep() {
        Rpc rpc = rpc().on("b1");
        rpc.batch(new ArrayList<>(Collections.nCopies(50, rpc.call("task.create").with("text", "t"))));
        rpc.batch(new ArrayList<>(Collections.nCopies(50, rpc.call("task.create").with("text", "t"))));
        for (String role : List.of("gpu", "cpu")) {
            rpc.call("task.create").with("text", "t").with("roles", List.of(role)).result();
        }
        rpc().on("b2").call("task.create").with("text", "other").result();
        rpc.call("system.register").with("id", "w1").with("roles", List.of("worker", "gpu")).result();
        rpc.call("task.claim").with("workerId", "w1").result();

        assertThat(rpc("bench.delete").with("name", "b1").refusal()).isEqualTo("bench_has_instances");
        Rpc.Call delete = rpc("bench.delete").with("name", "b1").with("force", true);
        assertThat(delete.result()).hasToString("{\"deleted\":1,\"more\":true}");
        assertThat(delete.result()).hasToString("{\"deleted\":100,\"more\":true}");
        assertThat(delete.result()).hasToString("{\"deleted\":2,\"more\":false}");
        assertThat(benches()).containsExactly("b2");
        assertThat(redis.key().keys("cb:{b1}:*")).allMatch(key -> key.contains("ratelimit"));
        assertThat(delete.result()).hasToString("{\"deleted\":0,\"more\":false}");
    }

    private List<String> benches() {
        return names(rpc("bench.list").result());
    }

    private static List<String> names(JsonNode page) {
        List<String> names = new ArrayList<>();
        page.get("benches").forEach(name -> names.add(name.asText()));
        return names;
    }
}
