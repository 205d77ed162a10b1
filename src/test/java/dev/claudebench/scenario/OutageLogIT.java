package dev.claudebench.scenario;

import static io.restassured.RestAssured.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import com.fasterxml.jackson.databind.JsonNode;

import dev.claudebench.support.RedisProcess;
import dev.claudebench.support.Rpc;
import dev.claudebench.support.ServiceProcess;
import dev.claudebench.support.SseClient;

/** The log of outages of Redis. A lasting fault does not fill it. */
class OutageLogIT {
    private static final Duration TIMEOUT = Duration.ofSeconds(60);
    private static final Duration OUTAGE = Duration.ofSeconds(5);

    private RedisProcess redis;
    private ServiceProcess service;

    @BeforeEach
    void start() {
        redis = new RedisProcess("--appendonly", "yes").start();
        service = ServiceProcess.start("-Dquarkus.redis.hosts=" + redis.uri());
    }

    @AfterEach
    void end() {
        service.close();
        redis.close();
    }

    @Test
    void outageIsLoggedAtItsBeginningAndEndWithoutCalls() {
        redis.kill();
        await("the outage").pollDelay(OUTAGE).until(() -> true);
        redis.start();
        await("the end of the outage").atMost(TIMEOUT).until(() -> !lines("Redis is available again").isEmpty());

        assertThat(lines(" WARN ")).singleElement().asString().contains("Redis is unavailable: ", "onnection");
        assertThat(lines("Redis is available again")).singleElement()
                .asString()
                .matches(".* INFO .* after [4-9]\\.\\d s");
        assertThat(lines(" ERROR ")).isEmpty();
    }

    @Test
    void breakerThatOpensIsALineUntilItCloses() {
        Rpc.Call heartbeat = Rpc.of(service).call("system.heartbeat").with("instanceId", "w1");
        redis.kill();
        long begun = System.nanoTime();
        // open for 1 s each time
        await("several probes").atMost(TIMEOUT).until(() -> {
            heartbeat.error();
            return System.nanoTime() - begun > OUTAGE.toNanos();
        });
        redis.start();
        await("recovery").atMost(TIMEOUT).until(heartbeat::succeeds);

        assertThat(lines("circuit breaker open: method=system.heartbeat")).hasSize(1);
        assertThat(lines("circuit breaker closed: method=system.heartbeat")).hasSize(1);
        assertThat(service.log()).doesNotContain("\tat ");
    }

    @Test
    void repeatedOutagesDoNotFillTheLog() {
        try (SseClient follower = SseClient.follow(service.base(), "").awaitPosition()) {
            assertThat(follower).isNotNull();
            long begun = System.nanoTime();
            for (int i = 0; i < 5; i++) {
                redis.kill();
                await("a failure").atMost(TIMEOUT).until(() -> status() == 503);
                redis.start();
                await("recovery").atMost(TIMEOUT).until(() -> status() == 200);
            }
            long intervals = Duration.ofNanos(System.nanoTime() - begun).toSeconds() / 10 + 1;

            assertThat(lines("Redis is unavailable")).isNotEmpty().hasSizeLessThanOrEqualTo((int) intervals);
            assertThat(lines("cannot read events")).isNotEmpty().hasSizeLessThanOrEqualTo((int) intervals);
            assertThat(lines("io.vertx.redis.client")).hasSizeLessThanOrEqualTo((int) intervals * 2);
        }
    }

    @Test
    void keyOfAWrongTypeIsLoggedOnceWithTheErrorIdOfAllCalls() {
        redis.cli("SET", "cb:instance:w1", "intruder");
        Set<String> errorIds = new HashSet<>();
        for (int i = 0; i < 20; i++) {
            JsonNode error = Rpc.of(service).call("system.heartbeat").with("instanceId", "w1").error(-32603);
            errorIds.add(error.at("/data/errorId").textValue());
        }

        assertThat(errorIds).hasSize(1);
        assertThat(lines(" ERROR ")).singleElement()
                .asString()
                .contains("cb:instance:w1 holds a string, not a hash")
                .contains(errorIds);
    }

    private int status() {
        return get(service.base() + "/q/health/ready").statusCode();
    }

    private List<String> lines(String text) {
        return service.log().lines().filter(line -> line.contains(text)).toList();
    }
}
