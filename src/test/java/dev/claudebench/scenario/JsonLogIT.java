package dev.claudebench.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import com.fasterxml.jackson.databind.JsonNode;

import dev.claudebench.method.Json;
import dev.claudebench.support.KeyFile;
import dev.claudebench.support.RedisProcess;
import dev.claudebench.support.Rpc;
import dev.claudebench.support.ServiceProcess;

/** One environment variable makes each line of the log a JSON object, from the first to the last. */
class JsonLogIT {
    private static final Map<String, String> ENABLED = Map.of("QUARKUS_LOG_CONSOLE_JSON_ENABLED", "true");
    private static final Duration TIMEOUT = Duration.ofSeconds(30);

    @TempDir
    private Path temp;

    @Test
    void everyLineIsJsonAndNoneHasThePasswordOfRedis() {
        try (RedisProcess redis = new RedisProcess().start()) {
            redis.cli("ACL", "SETUSER", "coordinator", "on", ">s3cret", "~*", "+@all");
            everyLineIsJson(redis, "redis://coordinator:s3cret@" + redis.uri().getAuthority());
        }
    }

    private void everyLineIsJson(RedisProcess redis, String url) {
        try (ServiceProcess service = ServiceProcess.launch(ENABLED, "-Dquarkus.redis.hosts=" + url,
                KeyFile.with(temp.resolve("keys"), "lead")).awaitReady()) {
            Rpc.of(service).as(KeyFile.key("lead")).call("task.create").with("text", "any").result();
            redis.kill();
            await("the outage").atMost(TIMEOUT).until(() -> service.log().contains("Redis is unavailable"));
            service.stop();

            List<JsonNode> lines = service.log().lines().map(Json::read).toList();
            assertThat(lines).allSatisfy(line -> assertThat(line.isObject()).isTrue());
            assertThat(lines).extracting(line -> line.get("message").textValue())
                    .anyMatch(text -> text.matches("Redis at " + redis.uri() + " is Redis [0-9.]+"))
                    .anyMatch(text -> text.matches("ClaudeBench coordinator .*, commit .*, scripts [0-9a-f]{40}"))
                    .anyMatch(text -> text.startsWith("call: method=task.create by=\"user:lead-1\""));
            assertThat(lines).filteredOn(line -> line.get("level").textValue().equals("WARN"))
                    .extracting(line -> line.get("loggerName").textValue())
                    .contains("dev.claudebench.redis.Outages");
            assertThat(service.log()).doesNotContain("s3cret");
        }
    }
}
