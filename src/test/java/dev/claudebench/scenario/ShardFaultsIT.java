package dev.claudebench.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import com.fasterxml.jackson.databind.JsonNode;

import dev.claudebench.support.RedisCluster;
import dev.claudebench.support.RedisProcess;
import dev.claudebench.support.Rpc;
import dev.claudebench.support.ServiceProcess;
import dev.claudebench.support.SseClient;

/** A fault of one shard of a Redis Cluster concerns its benches alone, and they recover by themselves. */
class ShardFaultsIT {
    private static final String DEFAULT = "cb:{default}:";
    private static final Duration TIMEOUT = Duration.ofSeconds(60);
    private static final int CIRCUIT_OPEN = -32001;
    private static final int UNAVAILABLE = -32004;
    private static final int FAILURES = 5;
    /** More calls than a replica may have under way. */
    private static final int FLOOD = 700;

    private RedisCluster cluster;
    private ServiceProcess service;
    private Rpc rpc;
    private RedisProcess faulty;
    private List<String> concerned;
    private List<String> others;

    @BeforeEach
    void start() {
        cluster = new RedisCluster().start();
        cluster.nodes().forEach(node -> {
            node.cli("CONFIG", "SET", "cluster-require-full-coverage", "no");
            node.cli("CONFIG", "SET", "cluster-node-timeout", "2000");
        });
        service = ServiceProcess.start("-Dquarkus.redis.client-type=cluster",
                "-Dquarkus.redis.hosts=" + cluster.hosts(), "-Dclaudebench.instance.ttl=6s",
                "-Dclaudebench.rate-limit.\"system.register\".limit=0",
                "-Dclaudebench.rate-limit.\"task.create\".limit=0");
        rpc = Rpc.of(service);
        faulty = cluster.masterOf(DEFAULT);
        concerned = cluster.benchesOf(faulty, 3);
        others = cluster.nodes()
                .stream()
                .filter(node -> node != faulty)
                .flatMap(node -> cluster.benchesOf(node, 2).stream())
                .toList();
        Stream.concat(concerned.stream(), others.stream()).forEach(bench -> register(rpc.on(bench), "anna"));
    }

    @AfterEach
    void stop() {
        service.close();
        cluster.close();
    }

    @Test
    void deadShardConcernsItsBenchesAlone() {
        faulty.kill();

        for (int i = 0; i < FAILURES; i++) {
            JsonNode response = rpc.on(concerned.get(i % concerned.size()))
                    .call("system.heartbeat")
                    .with("instanceId", "anna")
                    .response();
            assertThat(code(response)).isIn(UNAVAILABLE, CIRCUIT_OPEN);
        }
        assertThat(code(rpc.on(concerned.get(0)).call("task.list").response())).isEqualTo(CIRCUIT_OPEN);
        for (int i = 0; i < 3; i++) {
            others.forEach(this::assertServed);
        }
        assertThat(rpc.http().get("/q/health/ready").asString())
                .contains("Redis cannot be reached")
                .doesNotContain("DOWN");
        assertThat(service.log()).contains("Redis at " + faulty.uri().getAuthority() + " is unavailable");

        faulty.start();
        concerned.forEach(bench -> await("recovery").atMost(TIMEOUT)
                .until(() -> rpc.on(bench).call("task.create").with("text", "again").succeeds()));
    }

    @Test
    void expiredInstancesAreSweptWhileTheShardOfDefaultIsDead() {
        others.forEach(bench -> await("the first sweep").atMost(TIMEOUT)
                .until(() -> cluster.masterOf("cb:{" + bench + "}:")
                        .cli("EXISTS", "cb:{" + bench + "}:metrics:minutes")
                        .equals("1")));
        faulty.kill();
        others.forEach(bench -> await("the sweep of " + bench).atMost(TIMEOUT)
                .until(() -> Integer.parseInt(cluster.masterOf("cb:{" + bench + "}:")
                        .cli("ZCARD", "cb:{" + bench + "}:instances:active")) == 0));
    }

    @Test
    void callsThatWaitForAHangingShardTakeNoPlacesFromOthers() {
        faulty.suspend();
        try {
            List<CompletableFuture<JsonNode>> flood = Stream.iterate(0, i -> i + 1)
                    .limit(FLOOD)
                    .map(i -> rpc.on(concerned.get(i % concerned.size()))
                            .call("task.create")
                            .with("text", "t" + i)
                            .responseLater())
                    .toList();
            others.forEach(this::assertServed);
            assertThat(flood).allSatisfy(call -> assertThat(code(call.join())).isIn(UNAVAILABLE, CIRCUIT_OPEN));
            await("an open breaker").atMost(TIMEOUT)
                    .until(() -> code(
                            rpc.on(concerned.get(0)).call("task.create").with("text", "t").response()) == CIRCUIT_OPEN);
            others.forEach(this::assertServed);
        } finally {
            faulty.resume();
        }
        concerned.forEach(bench -> await("recovery").atMost(TIMEOUT)
                .until(() -> rpc.on(bench).call("task.create").with("text", "again").succeeds()));
    }

    @Test
    void eventsOfOtherShardsFlow() {
        faulty.suspend();
        try (SseClient waiting = SseClient.followBench(service.base(), concerned.get(0), "");
                SseClient events = SseClient.followBench(service.base(), others.get(0), "")
                        .awaitPosition()) {
            rpc.on(others.get(0)).call("task.create").with("text", "t").result();
            assertThat(events.next().event()).isEqualTo("task.created");
            assertThat(waiting.isOpen()).isTrue();
        } finally {
            faulty.resume();
        }
    }

    @Test
    void replicaTakesOverAndOtherBenchesNoticeNothing() {
        cluster.addReplicaOf(faulty).cli("CONFIG", "SET", "cluster-node-timeout", "2000");
        TaskLoad load = new TaskLoad(concerned.stream().map(rpc::on).toList());
        TaskLoad elsewhere = new TaskLoad(others.stream().map(rpc::on).toList());
        try (load; elsewhere) {
            await().atMost(TIMEOUT)
                    .until(() -> load.acknowledged().size() >= 100 && elsewhere.acknowledged().size() >= 100);

            faulty.kill();

            await("an open breaker").atMost(TIMEOUT).until(() -> load.codes().contains(CIRCUIT_OPEN));
            int then = load.acknowledged().size();
            await("failover").atMost(TIMEOUT).until(() -> load.acknowledged().size() >= then + 100);
        }
        assertThat(load.unexpected()).isEmpty();
        assertThat(elsewhere.unexpected()).isEmpty();
        assertThat(elsewhere.codes()).isEmpty();
    }

    private void assertServed(String bench) {
        register(rpc.on(bench), "ben");
        rpc.on(bench).call("task.create").with("text", "t").result();
        assertThat(rpc.on(bench).call("system.get_state").result().at("/totals/instances").intValue()).isPositive();
    }

    private static void register(Rpc rpc, String id) {
        assertThat(rpc.call("system.register").with("id", id).with("roles", List.of("worker")).result().toString())
                .isEqualTo("{\"registered\":true}");
    }

    private static int code(JsonNode response) {
        return response.at("/error/code").intValue();
    }
}
