package dev.claudebench.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import dev.claudebench.support.RedisProcess;
import dev.claudebench.support.ServiceProcess;

class StartupIT {

    @Test
    void withARedisNamedNothingIsEmbedded(@TempDir Path temp) {
        Path dir = temp.resolve("redis");
        try (RedisProcess redis = new RedisProcess().start();
                ServiceProcess service = ServiceProcess.start("-Dquarkus.redis.hosts=" + redis.uri(),
                        "-Dclaudebench.embedded-redis.data-dir=" + dir)) {
            service.rpc().result("system.register", "{'id':'w1','roles':[]}");

            assertThat(redis.cli("GET", "cb:leader:current")).isEqualTo("w1");
            assertThat(dir).doesNotExist();
        }
    }

    @Test
    void limitOnAMethodThatDoesNotExistRefusesToStart() {
        try (RedisProcess redis = new RedisProcess().start();
                ServiceProcess service = ServiceProcess.launch("-Dquarkus.redis.hosts=" + redis.uri(),
                        "-Dclaudebench.rate-limit.\"system.regsiter\".limit=5")) {
            assertThat(service.awaitExit()).isNotZero();
            assertThat(service.log()).contains("system.regsiter").contains("system.register");
        }
    }

    @Test
    void limitBelowZeroRefusesToStart() {
        try (RedisProcess redis = new RedisProcess().start();
                ServiceProcess service = ServiceProcess.launch("-Dquarkus.redis.hosts=" + redis.uri(),
                        "-Dclaudebench.rate-limit.\"system.register\".limit=-1")) {
            assertThat(service.awaitExit()).isNotZero();
            assertThat(service.log()).contains("system.register");
        }
    }
}
