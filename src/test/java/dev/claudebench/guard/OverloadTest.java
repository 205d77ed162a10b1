package dev.claudebench.guard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;

import jakarta.inject.Inject;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import com.fasterxml.jackson.databind.JsonNode;

import dev.claudebench.support.ExternalRedis;
import dev.claudebench.support.RedisProcess;
import dev.claudebench.support.Rpc;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;

@QuarkusTest
@TestProfile(OverloadTest.FewPlaces.class)
@QuarkusTestResource(value = ExternalRedis.class, restrictToAnnotatedClass = true)
class OverloadTest {
    private static final int PLACES = 4;
    private static final String NOT_EXECUTED = "not_executed";

    @TestHTTPResource
    URI service;

    @Inject
    MeterRegistry registry;

    @SuppressWarnings("NullAway.Init") // by ExternalRedis
    RedisProcess redis;

    private Rpc rpc;

    @BeforeEach
    void emptySystem() {
        rpc = new Rpc(service);
        await().until(() -> create("warm-up").join().has("result"));
        redis.cli("FLUSHALL");
    }

    @AfterEach
    void restoreRedis() {
        redis.resume();
    }

    @Test
    void callsBeyondThePlacesAreRefusedWhileTheOthersWait() {
        redis.suspend();
        List<CompletableFuture<JsonNode>> admitted = IntStream.range(0, PLACES)
                .mapToObj(i -> create("admitted " + i))
                .toList();
        await().until(() -> callsUnderWay() == PLACES);

        for (int i = 0; i < 3 * PLACES; i++) {
            JsonNode error = create("too many").join().get("error");
            assertThat(error.get("code").intValue()).isEqualTo(-32004);
            assertThat(outcome(error)).isEqualTo(NOT_EXECUTED);
        }
        assertThat(admitted).noneMatch(CompletableFuture::isDone);

        redis.resume();
        assertThat(admitted).allSatisfy(call -> assertThat(call.join().has("result")).isTrue());
        await().until(() -> callsUnderWay() == 0);
        assertThat(texts()).hasSize(PLACES).allMatch(text -> text.startsWith("admitted"));
    }

    @Test
    void refusalsForOverloadDoNotOpenTheBreaker() {
        redis.suspend();
        List<CompletableFuture<JsonNode>> admitted = IntStream.range(0, PLACES)
                .mapToObj(i -> create("admitted " + i))
                .toList();
        await().until(() -> callsUnderWay() == PLACES);
        for (int i = 0; i < 10; i++) {
            assertThat(outcome(create("too many").join().get("error"))).isEqualTo(NOT_EXECUTED);
        }
        redis.resume();
        admitted.forEach(CompletableFuture::join);

        assertThat(create("afterwards").join().has("result")).isTrue();
    }

    @Test
    void callThatFoundNoConnectionInTimeIsNotExecutedLater() {
        // the pool has closed idle connections; the one left is that of this command
        await().until(() -> redis.cli("CLIENT", "LIST").lines().count() == 1);
        redis.suspend();
        List<CompletableFuture<JsonNode>> calls = IntStream.range(0, PLACES)
                .mapToObj(i -> create("late " + i))
                .toList();
        assertThat(calls).allSatisfy(
                call -> assertThat(outcome(call.join().get("error"))).isEqualTo(NOT_EXECUTED));

        redis.resume();

        await().until(() -> create("last").join().has("result"));
        assertThat(texts()).containsOnly("last");
    }

    private CompletableFuture<JsonNode> create(String text) {
        return rpc.call("task.create").with("text", text).responseLater();
    }

    private List<String> texts() {
        return redis.cli("SORT", "cb:queue:tasks:pending", "BY", "nosort", "GET", "cb:task:*->text").lines().toList();
    }

    private int callsUnderWay() {
        return (int) registry.get(GuardMetrics.ACTIVE_CALLS).gauge().value();
    }

    private static String outcome(JsonNode error) {
        return error.get("data").get("outcome").textValue();
    }

    public static final class FewPlaces implements QuarkusTestProfile {
        @Override
        public Map<String, String> getConfigOverrides() {
            return Map.of("claudebench.overload.max-calls", Integer.toString(PLACES), "claudebench.redis.timeout", "4s",
                    "claudebench.metrics.refresh", "off", "quarkus.redis.pool-recycle-timeout", "500ms",
                    "quarkus.redis.pool-cleaner-interval", "100ms");
        }
    }
}
