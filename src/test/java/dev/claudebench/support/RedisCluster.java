package dev.claudebench.support;

import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.jspecify.annotations.NullMarked;

/** A Redis Cluster of three masters, each with a third of the slots and none with a replica. */
@NullMarked
public final class RedisCluster implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int SLOTS = 16384;

    private final List<RedisProcess> nodes = Stream.generate(RedisProcess::clusterNode).limit(3).toList();

    /** Starts the nodes, and returns once all of them agree that the cluster is complete. */
    public RedisCluster start() {
        for (int i = 0; i < nodes.size(); i++) {
            nodes.get(i)
                    .start()
                    .cli("CLUSTER", "ADDSLOTSRANGE", String.valueOf(SLOTS * i / nodes.size()),
                            String.valueOf(SLOTS * (i + 1) / nodes.size() - 1));
            nodes.get(i).cli("CLUSTER", "SET-CONFIG-EPOCH", String.valueOf(i + 1));
        }
        RedisProcess first = nodes.get(0);
        for (RedisProcess node : nodes.subList(1, nodes.size())) {
            first.cli("CLUSTER", "MEET", node.uri().getHost(), String.valueOf(node.uri().getPort()),
                    node.cli("CONFIG", "GET", "cluster-port").lines().skip(1).findFirst().orElseThrow());
        }
        await("the cluster to be complete").atMost(PATIENCE).until(() -> nodes.stream().allMatch(this::isComplete));
        return this;
    }

    private boolean isComplete(RedisProcess node) {
        String info = node.cli("CLUSTER", "INFO");
        return info.contains("cluster_state:ok") && info.contains("cluster_known_nodes:" + nodes.size());
    }

    /** For {@code quarkus.redis.hosts}. */
    public String hosts() {
        return nodes.stream().map(node -> node.uri().toString()).collect(Collectors.joining(","));
    }

    public List<RedisProcess> nodes() {
        return nodes;
    }

    /** The node that keeps a key. */
    public RedisProcess keeperOf(String key) {
        int slot = Integer.parseInt(nodes.get(0).cli("CLUSTER", "KEYSLOT", key));
        return nodes.get((int) (((long) slot * nodes.size() + nodes.size() - 1) / SLOTS));
    }

    @Override
    public void close() {
        nodes.forEach(RedisProcess::close);
    }
}
