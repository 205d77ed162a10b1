package dev.claudebench.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import com.fasterxml.jackson.databind.JsonNode;

import dev.claudebench.support.RedisCluster;
import dev.claudebench.support.RedisProcess;
import dev.claudebench.support.Rpc;
import dev.claudebench.support.ServiceProcess;
import dev.claudebench.support.SseClient;

/** Benches are spread over a Redis Cluster, and stay whole while their slots move from shard to shard. */
class ReshardingIT {
    private static final Duration TIMEOUT = Duration.ofSeconds(60);
    private static final int MOVED_SLOTS = 100;
    private static final int UNAVAILABLE = -32004;

    private RedisCluster cluster;
    private ServiceProcess service;
    private Rpc rpc;

    @BeforeEach
    void start() {
        cluster = new RedisCluster().start();
        service = ServiceProcess.start("-Dquarkus.redis.client-type=cluster",
                "-Dquarkus.redis.hosts=" + cluster.hosts(),
                "-Dclaudebench.rate-limit.\"system.register\".limit=0",
                "-Dclaudebench.rate-limit.\"task.create\".limit=0", "-Dclaudebench.rate-limit.\"task.list\".limit=0");
        rpc = Rpc.of(service);
    }

    @AfterEach
    void stop() {
        service.close();
        cluster.close();
    }

    @Test
    void threeHundredBenchesSpreadOverTheShards() {
        cluster.nodes().forEach(node -> node.cli("CONFIG", "RESETSTAT"));
        for (int i = 1; i <= 300; i++) {
            Rpc bench = rpc.on("b" + i);
            bench.call("system.register").with("id", "anna").with("roles", List.of("worker")).result();
            String task = bench.call("task.create").with("text", "t").result().get("id").textValue();
            bench.call("task.claim").with("workerId", "anna").result();
            bench.call("task.complete").with("taskId", task).with("workerId", "anna").result();
        }
        List<Long> commands = cluster.nodes().stream().map(ReshardingIT::commands).toList();
        double third = commands.stream().mapToLong(Long::longValue).sum() / 3.0;
        assertThat(commands).allSatisfy(
                ofAShard -> assertThat(ofAShard.doubleValue()).isCloseTo(third, Percentage.withPercentage(20)));
    }

    private static long commands(RedisProcess node) {
        return node.cli("INFO", "commandstats")
                .lines()
                .filter(line -> line.startsWith("cmdstat_"))
                .mapToLong(line -> Long.parseLong(line.replaceFirst(".*calls=(\\d+),.*", "$1")))
                .sum();
    }

    @Test
    void slotsMoveUnderLoad() {
        RedisProcess from = cluster.nodes().get(0);
        RedisProcess to = cluster.nodes().get(1);
        List<String> benches = cluster.benchesOf(from, 8);
        Set<Integer> slots = new HashSet<>();
        benches.forEach(bench -> slots.add(cluster.slotOf("cb:{" + bench + "}:")));
        IntStream.range(0, MOVED_SLOTS).takeWhile(slot -> slots.size() < MOVED_SLOTS).forEach(slots::add);

        TaskLoad load = new TaskLoad(benches.stream().map(rpc::on).toList());
        TaskLoad elsewhere = new TaskLoad(cluster.benchesOf(cluster.nodes().get(2), 2).stream().map(rpc::on).toList());
        try (load; elsewhere) {
            await().atMost(TIMEOUT).until(() -> load.acknowledged().size() >= 200);
            slots.forEach(slot -> cluster.beginMove(slot, from, to).finish());
            int then = load.acknowledged().size();
            await("calls after the move").atMost(TIMEOUT).until(() -> load.acknowledged().size() >= then + 200);
        }

        assertThat(load.unexpected()).isEmpty();
        assertThat(elsewhere.unexpected()).isEmpty();
        assertThat(elsewhere.codes()).isEmpty();
        Set<String> kept = benches.stream()
                .flatMap(bench -> rpc.on(bench).call("task.list").with("limit", 1000).pages().stream())
                .flatMap(page -> page.findValuesAsText("text").stream())
                .collect(Collectors.toSet());
        assertThat(kept).containsAll(load.acknowledged()).noneMatch(load.notExecuted()::contains);
        assertThat(to.cli("KEYS", "cb:{" + benches.get(0) + "}:*")).isNotEmpty();
    }

    @Test
    void noCallRunsOnHalfABench() {
        RedisProcess from = cluster.nodes().get(0);
        String name = cluster.benchesOf(from, 1).get(0);
        Rpc bench = rpc.on(name);
        for (int i = 0; i < 5; i++) {
            bench.call("task.create").with("text", "t" + i).result();
        }
        JsonNode before = bench.call("system.get_state").result();

        RedisCluster.SlotMove move = cluster.beginMove(cluster.slotOf("cb:{" + name + "}:"), from,
                cluster.nodes().get(1));
        assertThat(move.moveKeys(3)).isEqualTo(3);
        JsonNode refused = bench.call("task.create").with("text", "in between").response();
        assertThat(refused.at("/error/code").intValue()).isEqualTo(UNAVAILABLE);
        assertThat(refused.at("/error/data/outcome").textValue()).isEqualTo("not_executed");
        assertThat(refused.at("/error/message").textValue()).contains("moves");
        // the breaker of the shard did not count that
        assertThat(rpc.on(cluster.benchesOf(from, 2).get(1)).call("task.create").with("text", "t").succeeds()).isTrue();

        move.finish();
        JsonNode after = bench.call("system.get_state").result();
        assertThat(after.get("tasks")).isEqualTo(before.get("tasks"));
        assertThat(after.get("version")).isEqualTo(before.get("version"));
    }

    @Test
    void followersOfABenchThatMovesGoOn() {
        RedisProcess from = cluster.nodes().get(0);
        String name = cluster.benchesOf(from, 1).get(0);
        rpc.on(name).call("task.create").with("text", "before").result();
        try (SseClient events = SseClient.followBench(service.base(), name, "").awaitPosition()) {
            cluster.beginMove(cluster.slotOf("cb:{" + name + "}:"), from, cluster.nodes().get(1)).finish();
            rpc.on(name).call("task.create").with("text", "after").result();
            assertThat(events.next().event()).isEqualTo("task.created");
        }
    }
}
