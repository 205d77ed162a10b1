package dev.claudebench.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import com.fasterxml.jackson.databind.JsonNode;

import dev.claudebench.support.RedisCluster;
import dev.claudebench.support.RedisProcess;
import dev.claudebench.support.Rpc;
import dev.claudebench.support.ServiceProcess;

/** The node of a Cluster that keeps our keys is lost: the service follows to its replica by itself. */
@Tag("slow")
class ClusterFailoverIT {
    private static final String PREFIX = "{cb}:";
    private static final int ENOUGH = 300;
    private static final Duration TIMEOUT = Duration.ofSeconds(60);

    @Test
    void serviceUsesThePromotedReplicaAfterTheMasterIsKilledUnderLoad() {
        try (RedisCluster cluster = new RedisCluster().start()) {
            cluster.nodes().forEach(node -> node.cli("CONFIG", "SET", "cluster-node-timeout", "2000"));
            RedisProcess master = cluster.masterOf(PREFIX);
            RedisProcess replica = cluster.addReplicaOf(master);
            replica.cli("CONFIG", "SET", "cluster-node-timeout", "2000");
            try (ServiceProcess service = ServiceProcess.start("-Dquarkus.redis.client-type=cluster",
                    "-Dquarkus.redis.hosts=" + cluster.hosts(), "-Dclaudebench.redis.key-prefix=" + PREFIX,
                    "-Dsmallrye.faulttolerance.global.circuit-breaker.delay=1",
                    "-Dclaudebench.rate-limit.\"task.create\".limit=0",
                    "-Dclaudebench.rate-limit.\"task.list\".limit=0")) {
                TaskLoad load = new TaskLoad(Rpc.of(service));
                Set<String> replicated;
                try (load) {
                    await().atMost(TIMEOUT).until(() -> load.acknowledged().size() >= ENOUGH);
                    replicated = Set.copyOf(load.acknowledged());
                    awaitReplication(master, replica);

                    master.kill();

                    await("an open breaker").atMost(TIMEOUT)
                            .until(() -> load.codes().contains(TaskLoad.CIRCUIT_OPEN));
                    int then = load.acknowledged().size();
                    await("failover").atMost(TIMEOUT).until(() -> load.acknowledged().size() >= then + ENOUGH);
                }

                assertThat(load.unexpected()).isEmpty();
                assertThat(replica.cli("ROLE").lines().findFirst()).contains("master");
                assertThat(pending(Rpc.of(service))).doesNotHaveDuplicates()
                        .containsAll(replicated)
                        .doesNotContainAnyElementsOf(load.notExecuted());
            }
        }
    }

    private static List<String> pending(Rpc rpc) {
        List<String> texts = new ArrayList<>();
        Set<String> cursors = new HashSet<>();
        Rpc.Call list = rpc.call("task.list").with("status", "pending").with("limit", 1000);
        String cursor = "";
        do {
            JsonNode page = list.result();
            page.get("tasks").forEach(task -> texts.add(task.get("text").textValue()));
            cursor = page.path("cursor").asText("");
            list.with("cursor", cursor);
        } while (!cursor.isEmpty() && cursors.add(cursor));
        return texts;
    }

    /** Returns once the replica has all that the master has written so far. */
    private static void awaitReplication(RedisProcess master, RedisProcess replica) {
        long written = offset(master);
        await("replication").atMost(TIMEOUT).until(() -> offset(replica) >= written);
    }

    private static long offset(RedisProcess redis) {
        return redis.cli("INFO", "replication")
                .lines()
                .filter(line -> line.startsWith("master_repl_offset:"))
                .mapToLong(line -> Long.parseLong(line.substring(line.indexOf(':') + 1)))
                .findFirst()
                .orElseThrow();
    }
}
