package dev.claudebench.state;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import com.fasterxml.jackson.databind.JsonNode;

import dev.claudebench.method.Json;
import dev.claudebench.support.FleetTest;
import io.quarkus.test.junit.QuarkusTest;

@QuarkusTest
class FleetHealthTest extends FleetTest {

    @Test
    void checkHealthCountsHealthyInstancesAndSweepsExpiredOnes() {
        createTask("one");
        register("dead", "worker");
        register("degraded", "worker");
        register("healthy", "worker");
        lapse("dead");
        redis.execute("ZINCRBY", "cb:instances:active", "-20000", "degraded");

        assertThat(rpc("system.check_health").result())
                .isEqualTo(Json.read("{\"healthy\":1,\"failed\":1,\"reassigned\":1}"));
        assertThat(rpc("system.check_health").result())
                .isEqualTo(Json.read("{\"healthy\":1,\"failed\":0,\"reassigned\":0}"));
        assertThat(number("ZCARD", "cb:queue:tasks:pending")).as("for whoever claims next").isEqualTo(1);
        assertThat(number("EXISTS", "cb:queue:instance:dead")).isZero();
        assertThat(text("GET", "cb:leader:current")).isEqualTo("degraded");
    }

    @Test
    void metricsAreTheFieldsOfTheGlobalMetricsAsNumbers() {
        assertThat(rpc("system.metrics").result()).hasToString("{}");
        createTask("one");
        register("w1", "worker");

        JsonNode metrics = rpc("system.metrics").result();
        redis.hash(String.class)
                .hgetall("cb:metrics:global")
                .forEach((name, value) -> assertThat(metrics.get(name)).as(name).hasToString(value));
        assertThat(metrics.get("tasksAssigned").isInt()).isTrue();
    }
}
