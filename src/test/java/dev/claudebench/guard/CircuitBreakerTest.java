package dev.claudebench.guard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

import jakarta.inject.Inject;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import dev.claudebench.method.Json;
import dev.claudebench.support.ExternalRedis;
import dev.claudebench.support.RedisProcess;
import dev.claudebench.support.Rpc;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import io.smallrye.faulttolerance.api.CircuitBreakerMaintenance;

@QuarkusTest
@TestProfile(CircuitBreakerTest.ShortDelay.class)
@QuarkusTestResource(value = ExternalRedis.class, restrictToAnnotatedClass = true)
class CircuitBreakerTest {
    private static final int FAILURES = 5;
    private static final long DELAY = 2000;
    private static final int INVALID_PARAMS = -32602;
    private static final int RATE_LIMITED = -32000;
    private static final int CIRCUIT_OPEN = -32001;
    private static final int UNAVAILABLE = -32004;
    private static final int CLOSED = 0;
    private static final int HALF_OPEN = 1;
    private static final int OPEN = 2;

    @TestHTTPResource
    URI service;

    @Inject
    MeterRegistry registry;

    @Inject
    CircuitBreakerMaintenance breakers;

    @SuppressWarnings("NullAway.Init") // by ExternalRedis
    RedisProcess redis;

    private Rpc rpc;

    @BeforeEach
    void emptySystemWithClosedBreakers() {
        rpc = new Rpc(service);
        breakers.resetAll();
        await().until(() -> rpc.call("system.get_state").succeeds()
                && rpc.call("task.create").with("text", "warm-up").succeeds());
        redis.cli("FLUSHALL");
    }

    @AfterEach
    void restoreRedis() {
        redis.start();
        redis.resume();
        redis.cli("REPLICAOF", "NO", "ONE");
        redis.cli("FLUSHALL");
    }

    @Test
    void fiveFailuresInARowOpenTheBreaker() {
        redis.stop();

        for (int i = 0; i < FAILURES; i++) {
            JsonNode failure = register().get("error");
            assertThat(failure.get("code").intValue()).isEqualTo(UNAVAILABLE);
            assertThat(failure.get("data").get("outcome").textValue()).isIn("not_executed", "unknown");
            assertThat(failure.get("data").get("retryAfterMs").longValue()).isPositive();
        }

        JsonNode refusal = register().get("error");
        assertThat(refusal.get("code").intValue()).isEqualTo(CIRCUIT_OPEN);
        assertThat(refusal.get("data").get("retryAfterMs").longValue()).isBetween(1L, DELAY);
    }

    @Test
    void unreachableRedisMeansNotExecuted() {
        redis.stop();
        register();

        assertThat(register().get("error").get("data").get("outcome").textValue()).isEqualTo("not_executed");
    }

    @Test
    void openBreakerSendsNothingToRedis() {
        refuseWrites();
        fail(FAILURES);
        redis.cli("REPLICAOF", "NO", "ONE");
        long before = redis.scriptCalls();

        assertThat(code(register())).isEqualTo(CIRCUIT_OPEN);

        assertThat(redis.scriptCalls()).isEqualTo(before);
    }

    @Test
    void scriptsAreCountedWhileTheBreakerIsClosed() {
        long before = redis.scriptCalls();

        assertThat(register().has("result")).isTrue();

        assertThat(redis.scriptCalls()).isGreaterThan(before);
    }

    @Test
    void oneProbeThatSucceedsClosesTheBreaker() {
        redis.stop();
        fail(FAILURES);
        redis.start();
        await().until(() -> state("system.register") == HALF_OPEN);

        assertThat(register().has("result")).isTrue();

        assertThat(state("system.register")).isEqualTo(CLOSED);
        assertThat(register().has("result")).isTrue();
    }

    @Test
    void oneProbeThatFailsOpensTheBreakerAgain() {
        redis.stop();
        fail(FAILURES);
        await().until(() -> state("system.register") == HALF_OPEN);

        assertThat(code(register())).isEqualTo(UNAVAILABLE);

        JsonNode refusal = register().get("error");
        assertThat(refusal.get("code").intValue()).isEqualTo(CIRCUIT_OPEN);
        assertThat(refusal.get("data").get("retryAfterMs").longValue()).isBetween(1L, DELAY);
    }

    @Test
    void whileOneProbeIsUnderWayOthersAreRefused() {
        refuseWrites();
        fail(FAILURES);
        redis.cli("REPLICAOF", "NO", "ONE");
        await().until(() -> state("system.register") == HALF_OPEN);
        redis.suspend();
        CompletableFuture<JsonNode> probe = rpc.call("system.register")
                .with("id", "probe")
                .with("roles", List.of())
                .responseLater();
        await().until(() -> callsUnderWay() == 1);

        for (int i = 0; i < FAILURES; i++) {
            JsonNode refusal = register().get("error");
            assertThat(refusal.get("code").intValue()).isEqualTo(CIRCUIT_OPEN);
            assertThat(refusal.get("data").get("retryAfterMs").longValue()).isPositive();
        }
        assertThat(probe).isNotDone();

        redis.resume();
        assertThat(probe.join().has("result")).isTrue();
        assertThat(register().has("result")).isTrue();
    }

    @Test
    void probeOfADisconnectedCallerStillDecides() throws IOException {
        refuseWrites();
        fail(FAILURES);
        redis.cli("REPLICAOF", "NO", "ONE");
        await().until(() -> state("system.register") == HALF_OPEN);
        redis.suspend();

        disconnectDuringCall("{\"jsonrpc\":\"2.0\",\"method\":\"system.register\","
                + "\"params\":{\"id\":\"gone\",\"roles\":[]},\"id\":1}");

        await("the probe, which finds no Redis, to open the breaker").until(() -> state("system.register") == OPEN);
        redis.resume();
        await("another probe to close it").until(() -> register().has("result"));
        await().until(() -> callsUnderWay() == 0);
    }

    @Test
    void badParamsAreReportedWhileTheBreakerIsOpen() {
        redis.stop();
        fail(FAILURES);

        assertThat(code(badParams())).isEqualTo(INVALID_PARAMS);

        assertThat(code(register())).isEqualTo(CIRCUIT_OPEN);
    }

    @Test
    void badParamsNeitherCountAsFailureNorAsSuccess() {
        redis.stop();
        fail(FAILURES - 1);

        for (int i = 0; i < FAILURES; i++) {
            assertThat(code(badParams())).isEqualTo(INVALID_PARAMS);
        }

        assertThat(code(register())).as("not yet open").isEqualTo(UNAVAILABLE);
        assertThat(code(register())).as("the row was not broken").isEqualTo(CIRCUIT_OPEN);
    }

    @Test
    void refusedRegistrationCountsAsSuccess() {
        rpc.call("system.register").with("id", "held").with("roles", List.of()).with("sessionId", "one").result();
        refuseWrites();
        fail(FAILURES - 1);
        redis.cli("REPLICAOF", "NO", "ONE");

        for (int i = 0; i < 2 * FAILURES; i++) {
            assertThat(rpc.call("system.register")
                    .with("id", "held")
                    .with("roles", List.of())
                    .with("sessionId", "two")
                    .result())
                    .hasToString("{\"registered\":false}");
        }

        refuseWrites();
        fail(FAILURES - 1);
        assertThat(state("system.register")).isEqualTo(CLOSED);
    }

    @Test
    void rateLimitIsNoFailure() {
        rpc.call("task.create").with("text", "the only one").result();

        for (int i = 0; i < 2 * FAILURES; i++) {
            assertThat(code(create())).isEqualTo(RATE_LIMITED);
        }

        assertThat(state("task.create")).isEqualTo(CLOSED);
    }

    @Test
    void keyOfAnotherTypeIsNoFailure() {
        redis.cli("SET", "cb:instance:w1", "not a hash");

        for (int i = 0; i < 2 * FAILURES; i++) {
            assertThat(code(register())).isEqualTo(-32603);
        }

        assertThat(state("system.register")).isEqualTo(CLOSED);
        assertThat(rpc.call("system.register").with("id", "w2").with("roles", List.of("worker")).result())
                .hasToString("{\"registered\":true}");
    }

    @Test
    void healthNamesTheBreakersThatAreNotClosedAndReadinessDoesNot() {
        assertThat(breakersInHealth()).isEqualTo(Json.read("{\"status\":\"UP\"}"));
        redis.stop();
        fail(FAILURES);

        assertThat(breakersInHealth().get("status").textValue()).isEqualTo("UP");
        assertThat(breakersInHealth().get("data")).hasToString("{\"system.register\":\"open\"}");
        assertThat(rpc.http().get("/q/health/ready").asString()).contains("redis-scripts")
                .doesNotContain("circuit-breakers");

        redis.start();
        await().until(() -> register().has("result"));
        assertThat(breakersInHealth()).isEqualTo(Json.read("{\"status\":\"UP\"}"));
    }

    private JsonNode breakersInHealth() {
        for (JsonNode check : Json.read(rpc.http().get("/q/health").asString()).get("checks")) {
            if (check.get("name").textValue().equals("circuit-breakers")) {
                return ((ObjectNode) check).without("name");
            }
        }
        throw new AssertionError("no such check");
    }

    @Test
    void eachMethodHasABreakerOfItsOwn() {
        redis.stop();

        fail(FAILURES);

        assertThat(code(register())).isEqualTo(CIRCUIT_OPEN);
        assertThat(code(rpc.call("system.get_state").response())).isEqualTo(UNAVAILABLE);
        assertThat(code(create())).isEqualTo(UNAVAILABLE);
        assertThat(state("system.get_state")).isEqualTo(CLOSED);
    }

    @Test
    void serviceDescribesItselfWithoutRedis() {
        redis.stop();
        fail(FAILURES);

        for (int i = 0; i < 2 * FAILURES; i++) {
            assertThat(rpc.call("rpc.discover").result().has("openrpc")).isTrue();
        }
        assertThat(state("rpc.discover")).isEqualTo(CLOSED);
    }

    @Test
    void hungRedisEndsInTheTimeLimitAndRecovers() {
        assertThat(register().has("result")).isTrue();
        redis.suspend();

        JsonNode failure = register().get("error");
        assertThat(failure.get("code").intValue()).isEqualTo(UNAVAILABLE);
        assertThat(failure.get("data").get("outcome").textValue()).as("it was sent").isEqualTo("unknown");

        redis.resume();
        await().until(() -> register().has("result"));
    }

    /** Makes Redis answer scripts that write with an error, without a restart. */
    private void refuseWrites() {
        redis.cli("REPLICAOF", "127.0.0.1", "1");
    }

    private void fail(int times) {
        for (int i = 0; i < times; i++) {
            assertThat(code(register())).isEqualTo(UNAVAILABLE);
        }
    }

    private JsonNode register() {
        return rpc.call("system.register").with("id", "w1").with("roles", List.of("worker")).response();
    }

    private JsonNode badParams() {
        return rpc.call("system.register").with("id", "").with("roles", List.of()).response();
    }

    private JsonNode create() {
        return rpc.call("task.create").with("text", "something").response();
    }

    private void disconnectDuringCall(String body) throws IOException {
        try (Socket socket = new Socket(service.getHost(), service.getPort())) {
            String request = "POST /rpc HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: "
                    + body.length() + "\r\n\r\n" + body;
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            await().until(() -> callsUnderWay() == 1);
        }
    }

    private int state(String method) {
        return (int) registry.get(GuardMetrics.BREAKER_STATE).tag("method", method).gauge().value();
    }

    private int callsUnderWay() {
        return (int) registry.get(GuardMetrics.ACTIVE_CALLS).gauge().value();
    }

    private static int code(JsonNode response) {
        return response.path("error").path("code").intValue();
    }

    public static final class ShortDelay implements QuarkusTestProfile {
        @Override
        public Map<String, String> getConfigOverrides() {
            return Map.of("smallrye.faulttolerance.global.circuit-breaker.delay", DELAY / 1000 + "",
                    "claudebench.metrics.refresh", "off",
                    "claudebench.rate-limit.\"task.create\".limit", "1");
        }
    }
}
