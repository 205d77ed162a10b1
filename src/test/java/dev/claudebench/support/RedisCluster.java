package dev.claudebench.support;

import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import org.jspecify.annotations.NullMarked;

/** A Redis Cluster of three masters, each with a third of the slots. There are no replicas at first. */
@NullMarked
public final class RedisCluster implements AutoCloseable {
    private static final Duration TIMEOUT = Duration.ofSeconds(60);
    private static final int SLOTS = 16384;

    private final List<RedisProcess> nodes = Stream.generate(RedisProcess::clusterNode).limit(3).toList();
    private final List<RedisProcess> replicas = new ArrayList<>();

    /** Starts the nodes, and waits until each of them reports a complete cluster. */
    public RedisCluster start() {
        for (int i = 0; i < nodes.size(); i++) {
            nodes.get(i)
                    .start()
                    .cli("CLUSTER", "ADDSLOTSRANGE", String.valueOf(SLOTS * i / nodes.size()),
                            String.valueOf(SLOTS * (i + 1) / nodes.size() - 1));
            nodes.get(i).cli("CLUSTER", "SET-CONFIG-EPOCH", String.valueOf(i + 1));
        }
        nodes.subList(1, nodes.size()).forEach(this::meet);
        await("the cluster to be complete").atMost(TIMEOUT).until(() -> nodes.stream().allMatch(this::isComplete));
        return this;
    }

    /** Adds a replica of a master, and waits until it is in sync and all nodes know it. */
    public RedisProcess addReplicaOf(RedisProcess master) {
        RedisProcess replica = RedisProcess.clusterNode().start();
        replicas.add(replica);
        meet(replica);
        String masterId = master.cli("CLUSTER", "MYID");
        await("the replica to know its master").atMost(TIMEOUT)
                .until(() -> replica.cli("CLUSTER", "NODES").contains(masterId));
        replica.cli("CLUSTER", "REPLICATE", masterId);
        await("the replica to be in sync").atMost(TIMEOUT)
                .until(() -> replica.cli("INFO", "replication").contains("master_link_status:up"));
        String replicaId = replica.cli("CLUSTER", "MYID");
        await("all nodes to know the replica").atMost(TIMEOUT)
                .until(() -> nodes.stream()
                        .allMatch(node -> node.cli("CLUSTER", "NODES")
                                .lines()
                                .anyMatch(line -> line.startsWith(replicaId) && line.contains("slave " + masterId))));
        return replica;
    }

    private void meet(RedisProcess node) {
        nodes.get(0)
                .cli("CLUSTER", "MEET", node.uri().getHost(), String.valueOf(node.uri().getPort()),
                        node.cli("CONFIG", "GET", "cluster-port").lines().skip(1).findFirst().orElseThrow());
    }

    private boolean isComplete(RedisProcess node) {
        String info = node.cli("CLUSTER", "INFO");
        return info.contains("cluster_state:ok") && info.contains("cluster_known_nodes:" + nodes.size());
    }

    /** Returns the value for {@code quarkus.redis.hosts}. */
    public String hosts() {
        return nodes.stream().map(node -> node.uri().toString()).collect(Collectors.joining(","));
    }

    public List<RedisProcess> nodes() {
        return nodes;
    }

    /** Returns the master that stores a key. */
    public RedisProcess masterOf(String key) {
        return nodes.get((int) (((long) slotOf(key) * nodes.size() + nodes.size() - 1) / SLOTS));
    }

    public int slotOf(String key) {
        return Integer.parseInt(nodes.get(0).cli("CLUSTER", "KEYSLOT", key));
    }

    /** Returns names of benches that a master has, while no slots have been moved. */
    public List<String> benchesOf(RedisProcess master, int count) {
        return IntStream.iterate(1, i -> i + 1)
                .mapToObj(i -> "b" + i)
                .filter(bench -> masterOf("cb:{" + bench + "}:") == master)
                .limit(count)
                .toList();
    }

    /** Begins to move a slot, as redis-cli does it. */
    public SlotMove beginMove(int slot, RedisProcess from, RedisProcess to) {
        to.cli("CLUSTER", "SETSLOT", "" + slot, "IMPORTING", from.cli("CLUSTER", "MYID"));
        from.cli("CLUSTER", "SETSLOT", "" + slot, "MIGRATING", to.cli("CLUSTER", "MYID"));
        return new SlotMove(slot, from, to);
    }

    /** A slot of which some keys are here and some there. */
    public final class SlotMove {
        private final String slot;
        private final RedisProcess from;
        private final RedisProcess to;

        private SlotMove(int slot, RedisProcess from, RedisProcess to) {
            this.slot = String.valueOf(slot);
            this.from = from;
            this.to = to;
        }

        /** Moves some keys of the slot. Returns how many that were. */
        public int moveKeys(int most) {
            List<String> keys = from.cli("CLUSTER", "GETKEYSINSLOT", slot, "" + most)
                    .lines()
                    .filter(key -> !key.isEmpty())
                    .toList();
            if (!keys.isEmpty()) {
                List<String> words = new ArrayList<>(List.of("MIGRATE", to.uri().getHost(), "" + to.uri().getPort(), "",
                        "0", "5000", "KEYS"));
                words.addAll(keys);
                from.cli(words.toArray(String[]::new));
            }
            return keys.size();
        }

        /** Moves all other keys, and tells all nodes. */
        public void finish() {
            while (moveKeys(100) > 0) {
                // the next ones
            }
            String newOwner = to.cli("CLUSTER", "MYID");
            to.cli("CLUSTER", "SETSLOT", slot, "NODE", newOwner);
            from.cli("CLUSTER", "SETSLOT", slot, "NODE", newOwner);
            nodes.forEach(node -> node.cli("CLUSTER", "SETSLOT", slot, "NODE", newOwner));
        }
    }

    @Override
    public void close() {
        nodes.forEach(RedisProcess::close);
        replicas.forEach(RedisProcess::close);
    }
}
