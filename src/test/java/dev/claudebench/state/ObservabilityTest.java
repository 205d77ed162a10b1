package dev.claudebench.state;

import static io.restassured.RestAssured.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItem;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.junit.jupiter.api.Test;

import dev.claudebench.support.FleetTest;
import io.quarkus.test.junit.QuarkusTest;

@QuarkusTest
class ObservabilityTest extends FleetTest {
    /** Versions that no fleet in these tests gets to, each used once. */
    private static final AtomicInteger MARKS = new AtomicInteger();

    private static String scrape() {
        return get("/q/metrics").asString();
    }

    @Test
    void fleetIsSeenInTheMetrics() {
        createTask("special", 50, "gpu");
        createTask("plain");
        register("w1", "worker");
        register("m1", "monitor,odd-role");

        await().pollInterval(Duration.ofMillis(100))
                .untilAsserted(() -> assertThat(scrape()).contains("claudebench_instances{bench=\"default\"} 2.0",
                        "claudebench_instances_role{bench=\"default\",role=\"worker\"} 1.0",
                        "claudebench_instances_role{bench=\"default\",role=\"monitor\"} 1.0",
                        "claudebench_tasks{bench=\"default\",status=\"pending\"} 1.0",
                        "claudebench_tasks{bench=\"default\",status=\"assigned\"} 1.0",
                        "claudebench_leaders{bench=\"default\"} 1.0",
                        "claudebench_leader_term{bench=\"default\"} " + (double) term(),
                        "claudebench_state_version{bench=\"default\"} " + (double) version()));
    }

    @Test
    void whatHappensInTheFleetIsCounted() {
        awaitReadOfEmptySystem();
        Map<String, Double> before = fleetEvents();
        String task = createTask("hard");
        register("w1", "worker");
        for (int attempt = 1; attempt <= 3; attempt++) {
            endBackoff(task);
            claimTask("w1");
            rpc("task.complete").with("id", task).with("workerId", "w1").with("error", "broke").result();
        }
        createTask("easy");
        completeTask(claimTask("w1"), "w1");
        rpc("task.cancel").with("taskId", createTask("not needed")).result();
        register("m1", "monitor");
        unregister("m1");
        lapse("w1");
        rpc("system.check_health").result();

        awaitRise(before, Map.of("instance.registered", 2.0, "instance.unregistered", 1.0, "instance.expired", 1.0,
                "leader.elected", 1.0, "task.created", 3.0, "task.completed", 1.0, "task.failed", 3.0, "task.dead",
                1.0, "task.cancelled", 1.0));
    }

    /** After a failover Redis may have lost writes. A counter that falls is taken by Prometheus for one that began again at zero. */
    @Test
    void countersDoNotFallWhenRedisHasLostItsLastWrites() {
        awaitReadOfEmptySystem();
        Map<String, Double> before = fleetEvents();
        redis.hash(String.class).hset("cb:metrics:global", "expirations", "5000");
        awaitRise(before, Map.of("instance.expired", 5000.0));

        redis.hash(String.class).hset("cb:metrics:global", Map.of("expirations", "4999", "elections", "1"));
        awaitRise(before, Map.of("instance.expired", 5000.0, "leader.elected", 1.0));
        redis.hash(String.class).hset("cb:metrics:global", "expirations", "5001");
        awaitRise(before, Map.of("instance.expired", 5002.0, "leader.elected", 1.0));
    }

    /**
     * Waits until the service has read the system since the last flush. Until then its totals are those of the test before, and a
     * rise from zero up to them would not be counted.
     */
    private void awaitReadOfEmptySystem() {
        String mark = String.valueOf(1_000_000 + MARKS.incrementAndGet());
        redis.hash(String.class).hset("cb:state:global", "version", mark);
        await("read of the empty system")
                .until(() -> scrape().contains("claudebench_state_version{bench=\"default\"} " + Double.valueOf(mark)));
        redis.flushall();
    }

    private static void awaitRise(Map<String, Double> before, Map<String, Double> expected) {
        await().untilAsserted(() -> {
            Map<String, Double> risen = fleetEvents();
            risen.replaceAll((type, count) -> count - before.getOrDefault(type, 0.0));
            risen.values().removeIf(rise -> rise == 0);
            assertThat(risen).isEqualTo(expected);
        });
    }

    private static Map<String, Double> fleetEvents() {
        Map<String, Double> counts = new TreeMap<>();
        Pattern.compile("^claudebench_fleet_events_total\\{bench=\"default\",type=\"(.+)\"} (.+)$", Pattern.MULTILINE)
                .matcher(scrape())
                .results()
                .forEach(count -> counts.put(count.group(1), Double.valueOf(count.group(2))));
        return counts;
    }

    @Test
    void oldestTaskOfAStatusTellsAStarvingOneOfLowPriority() {
        awaitReadOfEmptySystem();
        assertThat(oldest("pending")).isZero();
        String starving = createTask("starving", 0);
        createTask("urgent", 90);
        long anHourAgo = Long.parseLong(text("HGET", "cb:task:" + starving, "createdAt")) - 3_600_000;
        redis.execute("ZADD", "cb:tasks:pending-since", String.valueOf(anHourAgo), starving);

        await().untilAsserted(() -> assertThat(oldest("pending")).isBetween(3600.0, 3660.0));

        register("w1", "worker");
        await().untilAsserted(() -> assertThat(oldest("pending")).as("assigned now").isZero());
        String begun = claimTask("w1");
        redis.execute("ZADD", "cb:tasks:in_progress", String.valueOf(anHourAgo), begun);
        await().untilAsserted(() -> assertThat(oldest("in_progress")).isBetween(3600.0, 3660.0));
    }

    private static double oldest(String status) {
        Matcher age = Pattern
                .compile("^claudebench_tasks_oldest_seconds\\{bench=\"default\",status=\"" + status + "\"} (.+)$",
                        Pattern.MULTILINE)
                .matcher(scrape());
        assertThat(age.find()).isTrue();
        return Double.parseDouble(age.group(1));
    }

    @Test
    void callsAndScriptsAreCountedByMethodAndOutcome() {
        register("w1", "worker");
        rpc("system.register").with("id", 5).with("roles", List.of()).error(-32602);
        rpc("no.such.method.of.ours").error(-32601);
        rpc().post("{");

        // a call is counted just after its answer
        await().untilAsserted(() -> assertThat(scrape()).containsPattern(
                "claudebench_rpc_call_seconds_count\\{method=\"system.register\",outcome=\"ok\"} [1-9]")
                .containsPattern(
                        "claudebench_rpc_call_seconds_count\\{method=\"system.register\",outcome=\"invalid_params\"} [1-9]")
                .containsPattern(
                        "claudebench_rpc_call_seconds_count\\{method=\"none\",outcome=\"method_not_found\"} [1-9]")
                .containsPattern("claudebench_rpc_call_seconds_count\\{method=\"none\",outcome=\"parse_error\"} [1-9]")
                .containsPattern("claudebench_redis_script_seconds_count\\{script=\"system_register\"} [1-9]")
                .contains("claudebench_guard_refusals_total{guard=\"rate_limit\",method=\"system.register\"}",
                        "claudebench_guard_refusals_total{guard=\"circuit_breaker\",method=\"task.create\"}",
                        "claudebench_guard_refusals_total{guard=\"overload\",method=\"system.get_state\"}",
                        "claudebench_circuit_breaker_state{method=\"rpc.discover\"} 0.0",
                        "claudebench_circuit_breaker_state{method=\"system.register\"} 0.0",
                        "claudebench_circuit_breaker_state{method=\"task.create\"} 0.0",
                        "claudebench_calls_active 0.0",
                        "claudebench_rpc_call_seconds_count{method=\"task.list\",outcome=\"unavailable\"}",
                        "claudebench_rpc_call_seconds_count{method=\"task.list\",outcome=\"circuit_open\"}",
                        "claudebench_rpc_call_seconds_count{method=\"task.list\",outcome=\"internal_error\"}")
                .doesNotContain("no.such.method.of.ours"));
    }

    @Test
    void everyMetricOfOursHasAHelpText() {
        register("w1", "worker");
        String metrics = scrape();
        Set<String> typed = namesIn(metrics, "# TYPE (claudebench_\\S+) ");
        assertThat(typed).hasSizeGreaterThan(8).isEqualTo(namesIn(metrics, "# HELP (claudebench_\\S+) \\S+"));
    }

    private static Set<String> namesIn(String metrics, String pattern) {
        Set<String> names = new TreeSet<>();
        Matcher matcher = Pattern.compile(pattern).matcher(metrics);
        while (matcher.find()) {
            names.add(matcher.group(1));
        }
        return names;
    }

    @Test
    void probesAreUpWhileRedisRunsScripts() {
        get("/q/health/live").then().statusCode(200).body("status", equalTo("UP"));
        get("/q/health/started").then().statusCode(200).body("checks.name", hasItem("redis-reached-once"));
        get("/q/health/ready").then().statusCode(200).body("checks.name", hasItem("redis-scripts"));
    }
}
