package dev.claudebench.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import dev.claudebench.support.RedisProcess;
import dev.claudebench.support.Rpc;
import dev.claudebench.support.ServiceProcess;
import dev.claudebench.support.SseClient;
import dev.claudebench.support.SseClient.Block;

/** A primary, a replica and three sentinels: when the primary is lost, the service follows to the replica by itself. */
@Tag("slow")
class SentinelIT {
    private static final int ENOUGH = 300;
    private static final int EVENTS = 20;
    private static final Duration TIMEOUT = Duration.ofSeconds(60);

    private RedisProcess primary;
    private RedisProcess replica;
    private List<RedisProcess> sentinels;
    private ServiceProcess service;

    @BeforeEach
    void start() {
        primary = new RedisProcess("--repl-diskless-sync-delay", "0").start();
        replica = new RedisProcess("--replicaof", primary.uri().getHost() + " " + primary.uri().getPort()).start();
        await().atMost(TIMEOUT).until(() -> field(replica, "master_link_status").equals("up"));
        sentinels = Stream.generate(RedisProcess::sentinel).limit(3).toList();
        for (RedisProcess sentinel : sentinels) {
            sentinel.start()
                    .cli("SENTINEL", "MONITOR", "mymaster", primary.uri().getHost(),
                            String.valueOf(primary.uri().getPort()), "2");
            sentinel.cli("SENTINEL", "SET", "mymaster", "down-after-milliseconds", "2000", "failover-timeout", "5000");
        }
        await("the sentinels to know each other and the replica").atMost(TIMEOUT)
                .until(() -> sentinels.stream()
                        .map(sentinel -> sentinel.cli("SENTINEL", "MASTER", "mymaster"))
                        .allMatch(known -> known.contains("num-other-sentinels\n2\n")
                                && known.contains("num-slaves\n1\n")));
        service = startService(sentinels.stream().map(RedisProcess::uri).toList());
    }

    private static ServiceProcess startService(List<URI> hosts) {
        return ServiceProcess.start("-Dquarkus.redis.client-type=sentinel",
                "-Dquarkus.redis.hosts=" + hosts.stream().map(URI::toString).collect(Collectors.joining(",")),
                "-Dsmallrye.faulttolerance.global.circuit-breaker.delay=1",
                "-Dclaudebench.rate-limit.\"task.create\".limit=0");
    }

    @AfterEach
    void end() {
        service.close();
        sentinels.forEach(RedisProcess::close);
        replica.close();
        primary.close();
    }

    @Test
    void serviceUsesThePromotedReplicaAfterThePrimaryIsKilledUnderLoad() {
        TaskLoad load = new TaskLoad(Rpc.of(service));
        Set<String> replicated;
        try (load) {
            await().atMost(TIMEOUT).until(() -> load.acknowledged().size() >= ENOUGH);
            replicated = Set.copyOf(load.acknowledged());
            awaitReplication();

            primary.kill();

            await("an open breaker").atMost(TIMEOUT).until(() -> load.codes().contains(TaskLoad.CIRCUIT_OPEN));
            int then = load.acknowledged().size();
            await("failover").atMost(TIMEOUT).until(() -> load.acknowledged().size() >= then + ENOUGH);
        }

        assertThat(load.unexpected()).isEmpty();
        assertThat(field(replica, "role")).isEqualTo("master");
        assertThat(TaskLoad.tasksIn(replica)).doesNotHaveDuplicates()
                .containsAll(replicated)
                .doesNotContainAnyElementsOf(load.notExecuted());

        primary.start();
        await("the old primary to come back as a replica").atMost(TIMEOUT)
                .until(() -> field(primary, "master_link_status").equals("up"));
        Rpc.of(service).call("task.create").with("text", "afterwards").result();
        assertThat(TaskLoad.tasksIn(replica)).contains("afterwards");
    }

    @Test
    void followersGetEveryReplicatedEvent() {
        Rpc rpc = Rpc.of(service);
        try (SseClient client = SseClient.follow(service.base(), "").awaitPosition()) {
            createTasks(rpc);
            List<String> seen = new ArrayList<>(ids(client.next(EVENTS)));
            awaitReplication();

            primary.kill();

            await("failover").atMost(TIMEOUT).until(() -> rpc.call("task.create").with("text", "t").succeeds());
            createTasks(rpc);
            seen.addAll(ids(client.next(1 + EVENTS)));
            assertThat(seen).isEqualTo(replica.cli("XRANGE", "cb:stream:events", "-", "+")
                    .lines()
                    .filter(line -> line.matches("\\d+-\\d+"))
                    .toList());
        }
    }

    @Test
    void serviceUsesThePromotedReplicaWhenPrimaryAndASentinelHang() {
        Rpc rpc = Rpc.of(service);
        createTasks(rpc);

        sentinels.get(0).suspend();
        primary.suspend();

        await("failover").atMost(TIMEOUT).until(() -> field(replica, "role").equals("master"));
        await("the service to follow").atMost(TIMEOUT)
                .until(() -> rpc.call("task.create").with("text", "t").succeeds());
    }

    @Test
    void unreachableSentinelIsSkipped() throws IOException {
        List<Socket> queued = new ArrayList<>();
        try (ServerSocket unreachable = new ServerSocket(0, 1)) {
            fillBacklog(unreachable, queued);
            try (ServiceProcess other = startService(withFirst(unreachable.getLocalPort()))) {
                createTasks(Rpc.of(other));
            }
        } finally {
            for (Socket socket : queued) {
                socket.close();
            }
        }
    }

    /** A sentinel behind another that the client, which asks them in the order of a set, comes to first. */
    private List<URI> withFirst(int port) {
        return sentinels.stream()
                .flatMap(sentinel -> IntStream.range(1, 255)
                        .mapToObj(i -> List.of(URI.create("redis://127.0.0." + i + ":" + port), sentinel.uri())))
                .filter(hosts -> new HashSet<>(hosts).iterator().next().equals(hosts.get(0)))
                .findFirst()
                .orElseThrow();
    }

    /** Makes a port that neither accepts nor refuses, as those of a machine that is gone. */
    private static void fillBacklog(ServerSocket server, List<Socket> queued) throws IOException {
        try {
            while (true) {
                Socket socket = new Socket();
                queued.add(socket);
                socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), server.getLocalPort()), 500);
            }
        } catch (SocketTimeoutException full) {
            assertThat(queued).hasSizeGreaterThan(1);
        }
    }

    private static void createTasks(Rpc rpc) {
        for (int i = 0; i < EVENTS; i++) {
            rpc.call("task.create").with("text", "t").result();
        }
    }

    private static List<String> ids(List<Block> events) {
        return events.stream().map(Block::id).toList();
    }

    /** Returns once the replica has all that the primary has written so far. */
    private void awaitReplication() {
        long written = Long.parseLong(field(primary, "master_repl_offset"));
        await("replication").atMost(TIMEOUT)
                .until(() -> Long.parseLong(field(replica, "slave_repl_offset")) >= written);
    }

    private static String field(RedisProcess redis, String name) {
        return redis.cli("INFO", "replication")
                .lines()
                .filter(line -> line.startsWith(name + ":"))
                .map(line -> line.substring(name.length() + 1))
                .findFirst()
                .orElse("");
    }
}
