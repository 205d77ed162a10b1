package dev.claudebench.guard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;

import jakarta.inject.Inject;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import com.fasterxml.jackson.databind.JsonNode;

import dev.claudebench.support.Rpc;
import io.quarkus.redis.datasource.RedisDataSource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;

@QuarkusTest
@TestProfile(RateLimitTest.Limits.class)
class RateLimitTest {
    private static final int LIMIT = 10;
    private static final int RATE_LIMITED = -32000;
    private static final long MINUTE = 60_000;
    private static final String REGISTER_KEY = "cb:ratelimit:system.register:127.0.0.1";
    private static final String CREATE_KEY = "cb:ratelimit:task.create:127.0.0.1";

    @TestHTTPResource
    URI service;

    @Inject
    RedisDataSource redis;

    private Rpc rpc;

    @BeforeEach
    void emptySystem() {
        redis.flushall();
        rpc = new Rpc(service);
    }

    @Test
    void eleventhRegistrationIsRefusedWithTheTimeOfItsRetry() {
        for (int i = 0; i < LIMIT; i++) {
            assertThat(register("w" + i).has("result")).isTrue();
        }

        JsonNode error = register("late").get("error");

        assertThat(error.get("code").intValue()).isEqualTo(RATE_LIMITED);
        assertThat(error.get("data").get("limit").intValue()).isEqualTo(LIMIT);
        assertThat(error.get("data").get("windowMs").longValue()).isEqualTo(MINUTE);
        assertThat(error.get("data").get("retryAfterMs").longValue()).isBetween(1L, MINUTE);
        assertThat(redis.key().exists("cb:instance:late")).isFalse();
    }

    @Test
    void ofTwoHundredRegistrationsAtOnceExactlyTenAreAdmitted() {
        List<CompletableFuture<JsonNode>> calls = IntStream.range(0, 200)
                .mapToObj(i -> registration("w" + i).responseLater())
                .toList();

        List<JsonNode> responses = calls.stream().map(CompletableFuture::join).toList();

        assertThat(responses).filteredOn(response -> response.has("result")).hasSize(LIMIT);
        assertThat(responses).filteredOn(response -> isRateLimited(response)).hasSize(190);
        assertThat(redis.sortedSet(String.class).zcard("cb:instances:active")).isEqualTo(LIMIT);
    }

    @Test
    void refusedCallsAreNotCounted() {
        useUp();
        List<?> admitted = entries();
        long expiry = redis.key().pexpiretime(REGISTER_KEY);

        for (int i = 0; i < 30; i++) {
            assertThat(isRateLimited(register("late"))).isTrue();
        }

        assertThat(admitted).hasSize(LIMIT);
        assertThat(entries()).isEqualTo(admitted);
        assertThat(redis.key().pexpiretime(REGISTER_KEY)).isEqualTo(expiry);
    }

    @Test
    void eachElementOfABatchCounts() {
        JsonNode responses = rpc.batch(IntStream.range(0, 12).mapToObj(i -> registration("w" + i)).toList());

        assertThat(responses).hasSize(12);
        for (int i = 0; i < 12; i++) {
            assertThat(isRateLimited(responses.get(i))).as("element %d", i).isEqualTo(i >= LIMIT);
        }
    }

    @Test
    void badParamsDoNotCount() {
        for (int i = 0; i < 2 * LIMIT; i++) {
            assertThat(registration("").violations()).containsExactly("id");
        }
        assertThat(redis.key().exists(REGISTER_KEY)).isFalse();

        useUp();
    }

    @Test
    void methodsHaveBudgetsOfTheirOwn() {
        useUp();
        assertThat(isRateLimited(register("late"))).isTrue();

        assertThat(create().has("result")).isTrue();
    }

    @Test
    void keyExpiresWithTheWindow() {
        register("w1");

        assertThat(redis.key().pttl(REGISTER_KEY)).isBetween(1L, MINUTE);
    }

    @Test
    void callsAreAdmittedAsEarlierOnesLeaveTheWindow() {
        useUp();
        var zset = redis.sortedSet(String.class);
        List<String> oldest = zset.zrange(REGISTER_KEY, 0, 3);
        oldest.forEach(call -> zset.zincrby(REGISTER_KEY, -MINUTE * 1000.0, call));

        for (int i = 0; i < oldest.size(); i++) {
            assertThat(register("next" + i).has("result")).isTrue();
        }

        assertThat(isRateLimited(register("late"))).isTrue();
        assertThat(zset.zrange(REGISTER_KEY, 0, -1)).hasSize(LIMIT).doesNotContainAnyElementsOf(oldest);
    }

    @Test
    void callerIsAdmittedAfterRetryAfter() {
        JsonNode refused = await().until(() -> create(), RateLimitTest::isRateLimited);
        double first = redis.sortedSet(String.class).zrangeWithScores(CREATE_KEY, 0, 0).get(0).score();
        long retryAfter = refused.get("error").get("data").get("retryAfterMs").longValue();
        long refusedAt = redisMillis();

        await().until(() -> redisMillis() >= refusedAt + retryAfter);

        assertThat(create().has("result")).isTrue();
        double next = redis.sortedSet(String.class).zrangeWithScores(CREATE_KEY, -1, -1).get(0).score();
        assertThat(next - first).as("microseconds between two calls that took the same place")
                .isGreaterThanOrEqualTo(2_000_000);
    }

    @Test
    void limitOfZeroLiftsTheLimit() {
        for (int i = 0; i < 60; i++) {
            assertThat(rpc.call("system.get_state").succeeds()).isTrue();
        }

        assertThat(redis.key().exists("cb:ratelimit:system.get_state:127.0.0.1")).isFalse();
    }

    private void useUp() {
        for (int i = 0; i < LIMIT; i++) {
            assertThat(register("w" + i).has("result")).isTrue();
        }
    }

    private JsonNode register(String id) {
        return registration(id).response();
    }

    private Rpc.Call registration(String id) {
        return rpc.call("system.register").with("id", id).with("roles", List.of("worker"));
    }

    private JsonNode create() {
        return rpc.call("task.create").with("text", "something").response();
    }

    private List<?> entries() {
        return redis.sortedSet(String.class).zrangeWithScores(REGISTER_KEY, 0, -1);
    }

    private long redisMillis() {
        var time = redis.execute("TIME");
        return time.get(0).toLong() * 1000 + time.get(1).toLong() / 1000;
    }

    private static boolean isRateLimited(JsonNode response) {
        return response.path("error").path("code").intValue() == RATE_LIMITED;
    }

    public static final class Limits implements QuarkusTestProfile {
        @Override
        public Map<String, String> getConfigOverrides() {
            return Map.of("claudebench.rate-limit.\"system.register\".limit", "10",
                    "claudebench.rate-limit.\"task.create\".limit", "3",
                    "claudebench.rate-limit.\"task.create\".window", "2s");
        }
    }
}
