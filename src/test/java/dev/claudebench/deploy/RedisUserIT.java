package dev.claudebench.deploy;

import static io.restassured.RestAssured.get;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import dev.claudebench.support.RedisCluster;
import dev.claudebench.support.RedisProcess;
import dev.claudebench.support.Rpc;
import dev.claudebench.support.ServiceProcess;
import dev.claudebench.support.SseClient;
import dev.claudebench.support.TlsFiles;

/** The user of Redis that the examples make has all the rights that the service needs, and none to harm others. */
class RedisUserIT {
    private static final Pattern RIGHTS = Pattern.compile("~cb:\\* [+-].*?slots");

    @TempDir
    private Path temp;

    private static List<String> rights(Path file) {
        try {
            return RIGHTS.matcher(Files.readString(file)).results().map(MatchResult::group).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String rights() {
        return rights(Compose.FILE).get(0);
    }

    @Test
    void examplesAndAdviceGiveTheSameRights() throws IOException {
        List<String> found = Manifests.files(Path.of("deploy"))
                .stream()
                .flatMap(file -> rights(file).stream())
                .toList();
        assertThat(found).hasSizeGreaterThanOrEqualTo(7).containsOnly(rights());
        assertThat(Files.readString(Path.of("src/main/java/dev/claudebench/redis/SetupAdvice.java")))
                .contains(rights().substring("~cb:".length()));
    }

    private static void addUser(RedisProcess redis) {
        redis.cli(Stream.concat(Stream.of("ACL", "SETUSER", "claudebench", "on", ">secret"),
                Stream.of(rights().split(" ", -1))).toArray(String[]::new));
    }

    @Test
    void itServesEveryCallOverTls() throws Exception {
        TlsFiles tls = TlsFiles.make(temp);
        try (RedisProcess redis = RedisProcess.withTls("--tls-cert-file", tls.certificate().toString(),
                "--tls-key-file", tls.key().toString(), "--tls-auth-clients", "no").start()) {
            addUser(redis);
            try (ServiceProcess service = ServiceProcess.start(
                    "-Dquarkus.redis.hosts=rediss://claudebench:secret@" + redis.tlsUri().getAuthority(),
                    "-Dquarkus.redis.tls-configuration-name=redis",
                    "-Dquarkus.tls.redis.trust-store.pem.certs=" + tls.certificate())) {
                useEverything(service);
            }
            assertThat(redis.cli("ACL", "LOG")).as("what the user was refused").isEmpty();
            for (String harm : List.of("FLUSHALL", "KEYS *", "CONFIG GET *", "ACL LIST", "GET other", "SHUTDOWN")) {
                assertThat(redis.cli(("ACL DRYRUN claudebench " + harm).split(" ", -1))).as(harm)
                        .contains("no permissions");
            }
        }
    }

    @Test
    void itServesEveryCallInACluster() {
        try (RedisCluster cluster = new RedisCluster().start()) {
            cluster.nodes().forEach(RedisUserIT::addUser);
            try (ServiceProcess service = ServiceProcess.start("-Dquarkus.redis.client-type=cluster",
                    "-Dquarkus.redis.hosts=" + cluster.nodes()
                            .stream()
                            .map(node -> "redis://claudebench:secret@" + node.uri().getAuthority())
                            .collect(Collectors.joining(",")))) {
                useEverything(service);
            }
            assertThat(cluster.nodes()).allSatisfy(node -> assertThat(node.cli("ACL", "LOG")).isEmpty());
        }
    }

    private static void useEverything(ServiceProcess service) {
        useFleet(service, Rpc.of(service));
        useFleet(service, Rpc.of(service).on("alpha"));
        Rpc rpc = Rpc.of(service);
        assertThat(rpc.call("bench.list").result().at("/benches/0").textValue()).isEqualTo("alpha");
        rpc.call("bench.get").with("name", "alpha").result();
        rpc.call("bench.delete").with("name", "alpha").with("force", true).result();
        assertThat(get(service.base() + "/q/metrics").asString()).contains("claudebench_redis_eviction_enabled 0.0");
        assertThat(get(service.base() + "/q/health/ready").statusCode()).isEqualTo(200);
        assertThat(service.log()).doesNotContain("lacks a right", " ERROR ");
    }

    private static void useFleet(ServiceProcess service, Rpc rpc) {
        try (SseClient follower = SseClient.follow(service.base(), "").awaitPosition()) {
            assertThat(follower).isNotNull();
            rpc.call("system.register").with("id", "w1").with("roles", List.of("worker")).result();
            rpc.call("system.register").with("id", "w2").with("roles", List.of("worker")).result();
            rpc.call("system.heartbeat").with("instanceId", "w1").result();
            String task = rpc.call("task.create")
                    .with("text", "any")
                    .with("idempotencyKey", "k1")
                    .with("resources", List.of("a/b"))
                    .result()
                    .get("id")
                    .textValue();
            rpc.call("task.create").with("text", "next").with("dependsOn", List.of(task)).result();
            rpc.call("task.claim").with("workerId", "w1").result();
            rpc.call("task.progress").with("taskId", task).with("workerId", "w1").result();
            rpc.call("task.release").with("taskId", task).with("workerId", "w1").result();
            rpc.call("task.claim").with("workerId", "w1").result();
            rpc.call("task.complete").with("taskId", task).with("workerId", "w1").with("result", 1).result();
            String other = rpc.call("task.create").with("text", "other").result().get("id").textValue();
            rpc.call("task.cancel").with("taskId", other).result();
            rpc.call("task.retry").with("taskId", other).result();
            rpc.call("task.get").with("taskId", other).result();
        }
        for (String read : List.of("system.get_state", "system.list_instances", "system.metrics", "system.history",
                "system.version", "system.check_health", "system.repair", "task.list")) {
            rpc.call(read).result();
        }
        rpc.call("system.get_instance").with("instanceId", "w1").result();
        rpc.call("system.resign").with("instanceId", "w1").result();
        rpc.call("system.unregister").with("instanceId", "w1").result();
    }
}
