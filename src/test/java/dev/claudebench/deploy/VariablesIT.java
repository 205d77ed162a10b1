package dev.claudebench.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import com.fasterxml.jackson.databind.JsonNode;

import dev.claudebench.support.Docs;
import dev.claudebench.support.RedisProcess;
import dev.claudebench.support.Rpc;
import dev.claudebench.support.ServiceProcess;

/** Environment variables whose names are settings, nearly settings, or none. */
class VariablesIT {
    @TempDir
    private Path temp;

    @ParameterizedTest
    @CsvSource({"CLAUDEBENCH_INSTANCE_TLL, CLAUDEBENCH_INSTANCE_TTL",
            "CLAUDEBENCH_RATE_LIMIT_SYSTEM_REGISTER_LIMIT, CLAUDEBENCH_RATE_LIMIT__SYSTEM_REGISTER__LIMIT",
            "CLAUDEBENCH_SECURITY_KEYFILE, CLAUDEBENCH_SECURITY_KEY_FILE",
            "CLAUDEBENCH_KEYS, CLAUDEBENCH_SECURITY_KEYS",
            "QUARKUS_REDIS_HOST, QUARKUS_REDIS_HOSTS"})
    void misspeltVariableStopsTheStartBeforeAnythingElse(String variable, String nearest) {
        Path redisDir = temp.resolve("redis");
        try (ServiceProcess service = ServiceProcess.launch(Map.of(variable, "5s"),
                "-Dclaudebench.embedded-redis.data-dir=" + redisDir)) {
            assertThat(service.awaitExit()).isNotZero();
            assertThat(service.log()).containsPattern(
                    "the environment variable " + variable + " is no setting of the service: the nearest is " + nearest
                            + "\n$")
                    .doesNotContain("\tat ");
            assertThat(redisDir).doesNotExist();
        }
    }

    @Test
    void misspeltVariableStopsTheStartWithAnotherRedis() {
        try (RedisProcess redis = new RedisProcess().start();
                ServiceProcess service = ServiceProcess.launch(Map.of("CLAUDEBENCH_TASK_LEASES", "5s"),
                        "-Dquarkus.redis.hosts=" + redis.uri())) {
            assertThat(service.awaitExit()).isNotZero();
            assertThat(service.log()).contains("CLAUDEBENCH_TASK_LEASES", "the nearest is CLAUDEBENCH_TASK_LEASE");
        }
    }

    @Test
    void everyDocumentedSettingAndThoseOfAgentsAreAccepted() {
        Map<String, String> variables = new HashMap<>();
        Map<String, String> defaults = Docs.properties();
        Docs.variables().forEach((variable, property) -> {
            String value = defaults.getOrDefault(property, "none");
            if (property.startsWith("claudebench.") && !property.contains("<") && !value.equals("none")
                    && !value.isEmpty()) {
                variables.put(variable, value);
            }
        });
        variables.put("CLAUDEBENCH_EMBEDDED_REDIS_DATA_DIR", temp.resolve("redis").toString());
        variables.put("CLAUDEBENCH_RATE_LIMIT__SYSTEM_GET_STATE__LIMIT", "1");
        for (String other : new String[]{"KEY", "URL", "ROLES", "KEY_FILE", "CA_FILE", "INSTANCE_ID",
                "REDIS_SERVICE_HOST",
                "REDIS_PORT_6379_TCP_ADDR", "COORDINATOR_PORT"}) {
            variables.put("CLAUDEBENCH_" + other, "x");
        }
        try (ServiceProcess service = ServiceProcess.launch(variables).awaitReady()) {
            Rpc.Call call = Rpc.of(service).call("system.get_state");
            call.result();
            JsonNode refused = call.error(-32000);
            assertThat(refused.at("/data/limit").intValue()).isEqualTo(1);
            // with its Redis
            service.stop();
        }
    }
}
