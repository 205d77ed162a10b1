package dev.claudebench.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.equalTo;

import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;

import dev.claudebench.support.FleetTest;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;

/** With names configured, there are no other benches, and metrics have the names. */
@QuarkusTest
@TestProfile(ConfiguredBenchesTest.Names.class)
class ConfiguredBenchesTest extends FleetTest {

    public static class Names implements QuarkusTestProfile {
        @Override
        public Map<String, String> getConfigOverrides() {
            return Map.of("claudebench.bench.names", "red,blue");
        }
    }

    @Test
    void otherNamesAreNotFound() {
        for (String path : List.of("/rpc", "/mcp", "/events")) {
            rpc().on("green")
                    .http()
                    .contentType("application/json")
                    .request(path.equals("/events") ? "GET" : "POST", path)
                    .then()
                    .statusCode(404)
                    .body("error", equalTo("bench must be one of claudebench.bench.names"));
        }
        assertThat(rpc().on("default").call("system.get_state").result().get("version").intValue()).isZero();
    }

    @Test
    void metricsHaveTheirNames() {
        register("w1", "worker");
        rpc().on("red").call("task.create").with("text", "t").result();

        await().untilAsserted(() -> assertThat(rpc().http().get("/q/metrics").asString())
                .contains("claudebench_instances{bench=\"default\"} 1.0", "claudebench_instances{bench=\"red\"} 0.0",
                        "claudebench_tasks{bench=\"red\",status=\"pending\"} 1.0",
                        "claudebench_tasks{bench=\"blue\",status=\"pending\"} 0.0",
                        "claudebench_fleet_events_total{bench=\"red\",type=\"task.created\"} 1.0",
                        "claudebench_benches 1.0"));
    }
}
