package dev.claudebench.scenario;

import static io.restassured.RestAssured.get;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.nio.file.Path;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import dev.claudebench.support.RedisProcess;
import dev.claudebench.support.Rpc;
import dev.claudebench.support.ServiceProcess;

class StartupIT {

    @Test
    void noRedisIsEmbeddedIfHostsAreSet(@TempDir Path temp) {
        Path dir = temp.resolve("redis");
        try (RedisProcess redis = new RedisProcess().start();
                ServiceProcess service = ServiceProcess.start("-Dquarkus.redis.hosts=" + redis.uri(),
                        "-Dclaudebench.embedded-redis.data-dir=" + dir)) {
            Rpc.of(service).call("system.register").with("id", "w1").with("roles", List.of()).result();

            assertThat(redis.cli("GET", "cb:leader:current")).isEqualTo("w1");
            assertThat(dir).doesNotExist();
        }
    }

    @Test
    void logNamesTheBuildAndTheRedisWithoutItsPassword() {
        try (RedisProcess redis = new RedisProcess().start()) {
            redis.cli("CONFIG", "SET", "requirepass", "secret");
            URI uri = redis.uri();
            try (ServiceProcess service = ServiceProcess
                    .start("-Dquarkus.redis.hosts=redis://:secret@" + uri.getHost() + ":" + uri.getPort())) {
                assertThat(service.log())
                        .containsPattern(
                                "ClaudeBench coordinator \\d\\S+, commit ([0-9a-f]{7,40}|unknown), scripts [0-9a-f]{40}\n")
                        .containsPattern("Redis at redis://" + uri.getHost() + ":" + uri.getPort() + " is Redis \\d")
                        .doesNotContain("secret");
            }
        }
    }

    /** They would be NaN for good, as when Redis cannot be read. */
    @Test
    void refreshOffLeavesOutTheFleetMetrics() {
        try (RedisProcess redis = new RedisProcess().start();
                ServiceProcess service = ServiceProcess.start("-Dquarkus.redis.hosts=" + redis.uri(),
                        "-Dclaudebench.metrics.refresh=off")) {
            assertThat(get(service.base() + "/q/metrics").asString()).contains("claudebench_circuit_breaker_state")
                    .doesNotContain("claudebench_instances", "claudebench_tasks", "claudebench_fleet");
        }
    }

    @Test
    void limitOnAMethodThatDoesNotExistRefusesToStart() {
        assertThat(logOfRefusalToStart("claudebench.rate-limit.\"system.regsiter\".limit=5"))
                .contains("system.regsiter", "system.register");
    }

    @Test
    void limitBelowZeroRefusesToStart() {
        assertThat(logOfRefusalToStart("claudebench.rate-limit.\"system.register\".limit=-1"))
                .contains("system.register");
    }

    @Test
    void idempotencyTtlAboveTheRetentionRefusesToStart() {
        assertThat(logOfRefusalToStart("claudebench.task.retention=1h"))
                .contains("claudebench.task.idempotency-ttl", "claudebench.task.retention");
    }

    private static String logOfRefusalToStart(String property) {
        try (RedisProcess redis = new RedisProcess().start();
                ServiceProcess service = ServiceProcess.launch("-Dquarkus.redis.hosts=" + redis.uri(),
                        "-D" + property)) {
            assertThat(service.awaitExit()).isNotZero();
            return service.log();
        }
    }
}
