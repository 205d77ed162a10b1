package dev.claudebench.bench;

import static dev.claudebench.support.Rpc.json;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import com.fasterxml.jackson.databind.JsonNode;

import dev.claudebench.method.Json;
import dev.claudebench.support.FleetTest;
import dev.claudebench.support.Mcp;
import dev.claudebench.support.Rpc;
import dev.claudebench.support.SseClient;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;

/** Benches are fleets apart, also when they use the same ids. */
@QuarkusTest
@TestProfile(BenchIsolationTest.Small.class)
class BenchIsolationTest extends FleetTest {
    private static final List<String> BENCHES = List.of("default", "b1", "b-2");
    private static final int RATE_LIMITED = -32000;

    public static class Small implements QuarkusTestProfile {
        @Override
        public Map<String, String> getConfigOverrides() {
            return Map.of("claudebench.quota.tasks", "2", "claudebench.rate-limit.\"system.check_health\".limit", "2");
        }
    }

    @Test
    void sameIdsDoNotMeet() {
        List<String> tasks = new ArrayList<>();
        for (String bench : BENCHES) {
            Rpc rpc = rpc().on(bench);
            assertThat(registered(rpc.call("system.register")
                    .with("id", "w1")
                    .with("roles", List.of("worker"))
                    .with("sessionId", "session of " + bench))).isTrue();
            tasks.add(rpc.call("task.create")
                    .with("text", bench)
                    .with("idempotencyKey", "k")
                    .result()
                    .get("id")
                    .asText());
        }

        assertThat(tasks).doesNotHaveDuplicates();
        for (int i = 0; i < BENCHES.size(); i++) {
            Rpc rpc = rpc().on(BENCHES.get(i));
            JsonNode state = rpc.call("system.get_state").result();
            assertThat(state.at("/leader/id").asText()).isEqualTo("w1");
            assertThat(state.at("/totals/instances").intValue()).isEqualTo(1);
            assertThat(rpc.call("task.get").with("taskId", tasks.get((i + 1) % tasks.size())).refusal())
                    .isEqualTo("task_not_found");
            JsonNode claimed = rpc.call("task.claim")
                    .with("workerId", "w1")
                    .with("sessionId", "session of " + BENCHES.get(i))
                    .result();
            assertThat(claimed.at("/task/text").asText()).isEqualTo(BENCHES.get(i));
            assertThat(rpc.call("task.list").result().get("tasks")).hasSize(1);
        }
    }

    @Test
    void changeOfABenchIsNoneOfTheOthers() {
        rpc().on("b1").call("system.register").with("id", "w1").with("roles", List.of("worker")).result();
        long version = version("b1");
        rpc().on("b-2").call("system.register").with("id", "w2").with("roles", List.of("worker")).result();
        rpc().on("b-2").call("task.create").with("text", "t").result();
        rpc().on("b-2").call("system.unregister").with("instanceId", "w1").result();

        assertThat(version("b1")).isEqualTo(version);
        assertThat(version("default")).isZero();
        assertThat(rpc().on("b1").call("system.heartbeat").with("instanceId", "w1").result())
                .hasToString("{\"alive\":true}");
        assertThat(rpc().on("b1").call("system.heartbeat").with("instanceId", "w2").result())
                .hasToString("{\"alive\":false}");
    }

    private long version(String bench) {
        return rpc().on(bench).call("system.get_state").result().get("version").longValue();
    }

    @Test
    void keysOfABenchHaveItsHashTag() {
        rpc().on("b1").call("system.register").with("id", "w1").with("roles", List.of("worker")).result();
        rpc().on("b1").call("task.create").with("text", "t").result();

        assertThat(keys()).contains("cb:{b1}:instance:w1")
                .allMatch(key -> key.startsWith("cb:{b1}:") || key.startsWith("cb:benches:"));
    }

    @Test
    void pathOfTheDefaultBenchServesTheSameFleet() {
        register("w1", "worker");

        assertThat(rpc().on("default").call("system.get_instance").with("instanceId", "w1").result().get("id").asText())
                .isEqualTo("w1");
    }

    @Test
    void limitsAndQuotasAreOfEachBench() {
        for (String bench : BENCHES) {
            Rpc rpc = rpc().on(bench);
            for (int i = 0; i < 2; i++) {
                rpc.call("system.check_health").result();
                rpc.call("task.create").with("text", "t").result();
            }
            rpc.call("system.check_health").error(RATE_LIMITED);
            assertThat(rpc.call("task.create").with("text", "t").refusal()).isEqualTo("quota_tasks");
        }
    }

    @Test
    void followersGetTheEventsOfTheirBench() {
        try (SseClient b1 = SseClient.followBench(service, "b1", "").awaitPosition();
                SseClient earlier = SseClient.followBench(service, "b1", "?since=0");
                SseClient other = SseClient.follow(service, "").awaitPosition()) {
            for (String bench : BENCHES) {
                rpc().on(bench).call("task.create").with("text", "t").with("priority", bench.length()).result();
            }

            assertThat(priority(b1)).isEqualTo("b1".length());
            assertThat(priority(earlier)).isEqualTo("b1".length());
            assertThat(priority(other)).isEqualTo("default".length());
        }
    }

    private static int priority(SseClient client) {
        return Json.read(client.next().data()).at("/payload/priority").intValue();
    }

    @Test
    void waitingClaimGetsTheTaskOfItsBench() {
        Map<String, CompletableFuture<JsonNode>> claims = BENCHES.stream()
                .collect(Collectors.toMap(bench -> bench, bench -> {
                    Rpc rpc = rpc().on(bench);
                    rpc.call("system.register").with("id", "w1").with("roles", List.of("worker")).result();
                    return rpc.call("task.claim").with("workerId", "w1").with("waitMs", 20_000).responseLater();
                }));
        BENCHES.forEach(bench -> rpc().on(bench).call("task.create").with("text", bench).result());

        claims.forEach((bench, claim) -> assertThat(claim.join().at("/result/task/text").asText()).isEqualTo(bench));
    }

    @Test
    void toolsAndResourcesAreThoseOfTheBench() {
        Mcp mcp = new Mcp(rpc().on("b1"), true);
        assertThat(mcp.response("system.register", Json.read(json("{'id':'w1','roles':['worker']}"))).has("result"))
                .isTrue();

        assertThat(rpc().on("b1").call("system.list_instances").result().get("instances")).hasSize(1);
        assertThat(rpc("system.list_instances").result().get("instances")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"B1", "-b", "b_1", "b1:", "b%7D",
            "a234567890123456789012345678901234567890123456789012345678901234"})
    void otherNamesAreRefused(String name) {
        for (String path : List.of("/rpc", "/mcp", "/events")) {
            rpc().http()
                    .urlEncodingEnabled(false)
                    .contentType("application/json")
                    .request(path.equals("/events") ? "GET" : "POST", "/bench/" + name + path)
                    .then()
                    .statusCode(400)
                    .body("error", org.hamcrest.Matchers.equalTo("bench must match [a-z0-9][a-z0-9-]{0,62}"));
        }
        assertThat(keys()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"GET,/rpc,POST", "GET,/mcp,POST", "POST,/events,'GET, HEAD'"})
    void otherVerbsAreRefused(String verb, String path, String allowed) {
        rpc().on("b1").http().request(verb, path).then().statusCode(405).header("Allow", allowed);
    }

    @Test
    void metricsOfHttpHaveNoNamesOfBenches() {
        rpc().on("secret-project").call("system.get_state").result();
        rpc().on("secret-project?").http().post("/rpc");

        assertThat(rpc().http().get("/q/metrics").asString()).doesNotContain("secret-project")
                .contains("/bench/{bench}/rpc");
    }
}
