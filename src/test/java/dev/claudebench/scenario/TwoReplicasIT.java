package dev.claudebench.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import com.fasterxml.jackson.databind.JsonNode;

import dev.claudebench.support.RedisProcess;
import dev.claudebench.support.Rpc;
import dev.claudebench.support.ServiceProcess;

class TwoReplicasIT {
    private RedisProcess redis;
    private List<ServiceProcess> replicas = List.of();

    @BeforeEach
    void startRedis() {
        redis = new RedisProcess().start();
    }

    @AfterEach
    void endAll() {
        replicas.forEach(ServiceProcess::close);
        redis.close();
    }

    @Test
    void twoReplicasShareOneRateLimit() {
        startReplicas("-Dclaudebench.rate-limit.\"system.register\".limit=10");

        List<JsonNode> responses = registerAtOnce(200);

        assertThat(responses).filteredOn(response -> response.has("result")).hasSize(10);
        assertThat(responses).filteredOn(response -> response.path("error").path("code").intValue() == -32000)
                .hasSize(190);
        assertThat(redis.cli("ZCARD", "cb:instances:active")).isEqualTo("10");
    }

    @Test
    void firstRegistrationsOverTwoReplicasElectOneLeader() {
        startReplicas("-Dclaudebench.rate-limit.\"system.register\".limit=0");

        List<JsonNode> responses = registerAtOnce(50);

        assertThat(responses)
                .allSatisfy(response -> assertThat(response.at("/result/registered").booleanValue()).isTrue());
        String leader = redis.cli("GET", "cb:leader:current");
        assertThat(redis.cli("XRANGE", "cb:stream:events", "-", "+")
                .lines()
                .filter(field -> field.equals("leader.elected"))).hasSize(1);
        assertThat(replicas).allSatisfy(replica -> assertThat(
                Rpc.of(replica).call("system.get_state").result().at("/leader/id").textValue()).isEqualTo(leader));
    }

    @Test
    void twoReplicasSweepingAtOnceExpireEachInstanceOnce() {
        int dead = 1000;
        for (int i = 0; i < dead; i++) {
            redis.cli("ZADD", "cb:instances:active", "1", "dead" + i);
        }
        startReplicas("-Dclaudebench.instance.sweep-interval=1s");

        await().until(() -> redis.cli("ZCARD", "cb:instances:active").equals("0"));
        assertThat(redis.cli("HGET", "cb:metrics:global", "expirations")).isEqualTo(String.valueOf(dead));
        assertThat(redis.cli("XRANGE", "cb:stream:events", "-", "+")
                .lines()
                .filter(field -> field.equals("instance.expired"))).hasSize(dead);
    }

    @Test
    void replicaThatIsKilledLeavesTheOtherWithAllOfItsState() {
        startReplicas("-Dclaudebench.rate-limit.\"system.register\".limit=0");
        Rpc.of(replicas.get(0))
                .call("system.register")
                .with("id", "w1")
                .with("roles", List.of())
                .with("sessionId", "one")
                .result();

        replicas.get(0).kill();

        Rpc survivor = Rpc.of(replicas.get(1));
        assertThat(survivor.call("system.register")
                .with("id", "w1")
                .with("roles", List.of())
                .with("sessionId", "two")
                .result())
                .hasToString("{\"registered\":false}");
        assertThat(survivor.call("system.get_state").result().at("/leader/id").textValue()).isEqualTo("w1");
    }

    private void startReplicas(String option) {
        String hosts = "-Dquarkus.redis.hosts=" + redis.uri();
        // a busy machine may take longer than the default for many calls at once
        String patience = "-Dclaudebench.redis.timeout=30s";
        replicas = List.of(ServiceProcess.launch(hosts, patience, option),
                ServiceProcess.launch(hosts, patience, option));
        replicas.forEach(ServiceProcess::awaitReady);
    }

    /** Alternates between the replicas. */
    private List<JsonNode> registerAtOnce(int calls) {
        List<Rpc> clients = replicas.stream().map(Rpc::of).toList();
        List<CompletableFuture<JsonNode>> responses = IntStream.range(0, calls)
                .mapToObj(i -> clients.get(i % clients.size())
                        .call("system.register")
                        .with("id", "w" + i)
                        .with("roles", List.of("worker"))
                        .responseLater())
                .toList();
        return responses.stream().map(CompletableFuture::join).toList();
    }
}
