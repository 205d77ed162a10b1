package dev.claudebench.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import com.fasterxml.jackson.databind.JsonNode;

import dev.claudebench.support.RedisCluster;
import dev.claudebench.support.RedisProcess;
import dev.claudebench.support.Rpc;
import dev.claudebench.support.ServiceProcess;
import dev.claudebench.support.SseClient;

/** Everything works against a Redis Cluster, since the keys of a bench have a hash tag that keeps them together. */
class ClusterIT {
    private static final String PREFIX = "cb:{default}:";
    private static final int REGISTRATIONS = 5;
    private static final int RATE_LIMITED = -32000;
    private static final int UNAVAILABLE = -32004;

    private static RedisCluster cluster;
    private static ServiceProcess service;
    private static Rpc rpc;

    @BeforeAll
    static void start() {
        cluster = new RedisCluster().start();
        service = ServiceProcess.start("-Dquarkus.redis.client-type=cluster",
                "-Dquarkus.redis.hosts=" + cluster.hosts(),
                "-Dclaudebench.rate-limit.\"system.register\".limit=" + REGISTRATIONS,
                "-Dsmallrye.faulttolerance.global.circuit-breaker.delay=1");
        rpc = Rpc.of(service);
    }

    @AfterAll
    static void end() {
        service.close();
        cluster.close();
    }

    @BeforeEach
    void emptySystem() {
        cluster.nodes().forEach(node -> node.cli("FLUSHALL"));
    }

    @Test
    void taskOfAnUnregisteredWorkerGoesToAnother() {
        rpc.call("task.create").with("text", "Write the tests").with("priority", 90).result();
        rpc.call("task.create").with("text", "Write the docs").result();
        register("anna");
        JsonNode begun = rpc.call("task.claim").with("workerId", "anna").result();
        assertThat(begun.at("/task/text").textValue()).isEqualTo("Write the tests");
        register("ben");

        assertThat(rpc.call("system.unregister").with("instanceId", "anna").result())
                .hasToString("{\"unregistered\":true,\"tasksReassigned\":2}");
        assertThat(rpc.call("system.heartbeat").with("instanceId", "anna").result()).hasToString("{\"alive\":false}");
        assertThat(rpc.call("system.heartbeat").with("instanceId", "ben").result()).hasToString("{\"alive\":true}");
        assertThat(workersOf("assigned")).containsExactly("ben", "ben");
        String task = rpc.call("task.claim").with("workerId", "ben").result().get("taskId").textValue();
        assertThat(rpc.call("task.complete")
                .with("taskId", task)
                .with("workerId", "ben")
                .result()
                .get("status")
                .textValue())
                .isEqualTo("completed");
        assertThat(rpc.call("system.get_state").result().at("/leader/id").textValue()).isEqualTo("ben");
        assertThat(rpc.call("system.check_health").result().get("healthy").intValue()).isEqualTo(1);
        assertThat(rpc.call("system.metrics").result().get("tasksCompleted").intValue()).isEqualTo(1);
    }

    @Test
    void allKeysAreInOneSlot() {
        register("anna");
        rpc.call("task.create").with("text", "t").result();

        RedisProcess keeper = cluster.masterOf(PREFIX);
        assertThat(keeper.cli("KEYS", "*").lines()).isNotEmpty().allMatch(key -> key.startsWith(PREFIX));
        assertThat(cluster.nodes()).filteredOn(node -> node != keeper)
                .allSatisfy(node -> assertThat(node.cli("DBSIZE")).isEqualTo("0"));
    }

    @Test
    void rateLimitHolds() {
        for (int i = 0; i < REGISTRATIONS; i++) {
            register("w" + i);
        }

        assertThat(code(rpc.call("system.register").with("id", "one too many").with("roles", List.of()).response()))
                .isEqualTo(RATE_LIMITED);
    }

    @Test
    void eventsAreFollowed() {
        register("anna");
        try (SseClient earlier = SseClient.follow(service.base(), "?since=0");
                SseClient now = SseClient.follow(service.base(), "").awaitPosition()) {
            rpc.call("task.create").with("text", "t").result();

            assertThat(earlier.next(3)).extracting(SseClient.Block::event)
                    .containsExactly("instance.registered", "leader.elected", "task.created");
            assertThat(now.next().event()).isEqualTo("task.created");
        }
    }

    @Test
    void lostMasterMeansNotExecutedUntilItIsBack() {
        RedisProcess lost = cluster.masterOf(PREFIX);
        lost.kill();

        JsonNode failure = rpc.call("task.create").with("text", "t").response();
        assertThat(code(failure)).isEqualTo(UNAVAILABLE);
        assertThat(failure.at("/error/data/outcome").textValue()).isEqualTo("not_executed");

        lost.start();
        // the client repeats for a while what a Cluster that is down refuses, and would create tasks in the next test
        await().atMost(Duration.ofSeconds(60))
                .until(() -> cluster.nodes()
                        .stream()
                        .allMatch(node -> node.cli("CLUSTER", "INFO").contains("cluster_state:ok")));
        await().atMost(Duration.ofSeconds(60)).until(() -> rpc.call("task.create").with("text", "t").succeeds());
    }

    @Test
    void benchesSpreadOverTheShards() {
        List<String> benches = List.of("b1", "b2", "b3", "b4", "b5", "b6");
        for (String bench : benches) {
            rpc.on(bench).call("task.create").with("text", bench).result();
        }

        assertThat(benches.stream().map(bench -> cluster.masterOf("cb:{" + bench + "}:")).distinct())
                .hasSizeGreaterThan(1);
        for (String bench : benches) {
            assertThat(cluster.masterOf("cb:{" + bench + "}:").cli("KEYS", "cb:{" + bench + "}:task:*")).isNotEmpty();
            assertThat(rpc.on(bench).call("task.list").result().findValuesAsText("text")).containsExactly(bench);
        }
    }

    private static void register(String id) {
        assertThat(rpc.call("system.register")
                .with("id", id)
                .with("roles", List.of("worker"))
                .result()
                .get("registered")
                .booleanValue())
                .isTrue();
    }

    private static List<String> workersOf(String status) {
        return rpc.call("task.list").with("status", status).result().findValuesAsText("workerId");
    }

    private static int code(JsonNode response) {
        return response.path("error").path("code").intValue();
    }
}
