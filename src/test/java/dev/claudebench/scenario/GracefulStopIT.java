package dev.claudebench.scenario;

import static io.restassured.RestAssured.get;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.ConnectException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import com.fasterxml.jackson.databind.JsonNode;

import dev.claudebench.support.RedisProcess;
import dev.claudebench.support.Rpc;
import dev.claudebench.support.ServiceProcess;
import dev.claudebench.support.Signals;

class GracefulStopIT {
    /** With what it waits for others to notice that it is not ready. */
    private static final Duration EXIT_WITHIN = Duration.ofSeconds(10);

    @Test
    void callInFlightIsFinishedWhenTheServiceStops() {
        try (RedisProcess redis = new RedisProcess().start();
                ServiceProcess service = ServiceProcess.start("-Dquarkus.redis.hosts=" + redis.uri(),
                        "-Dclaudebench.redis.timeout=20s")) {
            redis.suspend();
            CompletableFuture<JsonNode> inFlight = Rpc.of(service)
                    .call("task.create")
                    .with("text", "in flight")
                    .responseLater();
            await().until(() -> get(service.base() + "/q/metrics").asString().contains("claudebench_calls_active 1.0"));

            service.terminate();
            await().until(() -> service.log().contains("Waiting for HTTP requests to complete"));
            redis.resume();

            assertThat(inFlight.join().at("/result/text").textValue()).isEqualTo("in flight");
            service.awaitExit();
            assertThatThrownBy(() -> Rpc.of(service).call("task.create").with("text", "too late").response())
                    .isNotNull();
            assertThat(redis.cli("ZCARD", "cb:queue:tasks:pending")).isEqualTo("1");
        }
    }

    @Test
    void sigtermEndsTheServiceThatMavenStarted() {
        try (RedisProcess redis = new RedisProcess().start();
                ServiceProcess maven = ServiceProcess.launchCommand(Path.of(""), "./mvnw -B quarkus:run",
                        Map.of("QUARKUS_HTTP_PORT", "0", "QUARKUS_REDIS_HOSTS", redis.uri().toString()))
                        .awaitReady()) {
            maven.terminate();

            maven.awaitExit(EXIT_WITHIN);
            assertThat(maven.log()).contains("coordinator stopped");
            assertThatThrownBy(() -> get(maven.base() + "/q/health")).isInstanceOf(ConnectException.class);
        }
    }

    @Test
    void claimsThatWaitAreAnsweredWhenTheServiceStops() {
        try (RedisProcess redis = new RedisProcess().start();
                ServiceProcess service = ServiceProcess.start("-Dquarkus.redis.hosts=" + redis.uri())) {
            Rpc rpc = Rpc.of(service);
            rpc.call("system.register").with("id", "w1").with("roles", List.of("worker")).result();
            CompletableFuture<JsonNode> waiting = rpc.call("task.claim")
                    .with("workerId", "w1")
                    .with("waitMs", 30_000)
                    .responseLater();
            await().until(() -> get(service.base() + "/q/metrics").asString()
                    .contains("claudebench_task_claims_waiting 1.0"));

            service.terminate();

            assertThat(waiting.join().at("/result/claimed").isBoolean()).isTrue();
            service.awaitExit(EXIT_WITHIN);
        }
    }

    @Test
    void serviceThatStopsUnderLoadAcknowledgesAllThatItExecutes() {
        try (RedisProcess redis = new RedisProcess().start();
                ServiceProcess service = ServiceProcess.start("-Dquarkus.redis.hosts=" + redis.uri(),
                        "-Dclaudebench.rate-limit.\"task.create\".limit=0");
                TaskLoad load = new TaskLoad(Rpc.of(service))) {
            await().until(() -> load.acknowledged().size() > 300);

            service.terminate();

            service.awaitExit(EXIT_WITHIN);
            await().until(load::ended);
            assertThat(load.unexpected()).isEmpty();
            assertThat(TaskLoad.tasksIn(redis)).containsExactlyInAnyOrderElementsOf(load.acknowledged());
        }
    }

    @Test
    @Tag("embedded")
    void hangingClientsAndAHangingRedisDoNotDelayTheStop(@TempDir Path dir) throws IOException {
        try (ServiceProcess service = ServiceProcess.start("-Dclaudebench.embedded-redis.data-dir=" + dir,
                "-Dclaudebench.embedded-redis.program=shipped");
                Socket client = new Socket(service.base().getHost(), service.base().getPort())) {
            client.getOutputStream()
                    .write("POST /rpc HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\n{".getBytes(US_ASCII));
            long redis = Long.parseLong(Files.readString(dir.resolve("redis.pid")).strip());
            Signals.send("STOP", redis);
            CompletableFuture<JsonNode> hanging = Rpc.of(service).call("task.create").with("text", "t").responseLater();
            await().until(() -> get(service.base() + "/q/metrics").asString().contains("claudebench_calls_active 1.0"));

            service.terminate();

            service.awaitExit(EXIT_WITHIN);
            assertThat(hanging.join().at("/error/code").intValue()).isEqualTo(-32004);
            assertThat(dir.resolve("redis.pid")).as("removed once Redis has ended").doesNotExist();
        }
    }

    @Test
    void serviceThatStopsUnderLoadWithADelayIsUnreadyFirstAndAcknowledgesAllThatItExecutes() {
        try (RedisProcess redis = new RedisProcess().start();
                ServiceProcess service = ServiceProcess.start("-Dquarkus.redis.hosts=" + redis.uri(),
                        "-Dquarkus.shutdown.delay=5s", "-Dclaudebench.rate-limit.\"task.create\".limit=0");
                TaskLoad load = new TaskLoad(Rpc.of(service))) {
            await().until(() -> load.acknowledged().size() > 300);
            assertThat(get(service.base() + "/q/health/ready").statusCode()).isEqualTo(200);

            service.terminate();
            await().until(() -> get(service.base() + "/q/health/ready").statusCode() == 503);
            int whenUnready = load.acknowledged().size();
            await("calls of those who do not know it yet").until(() -> load.acknowledged().size() > whenUnready);

            service.awaitExit(EXIT_WITHIN);
            await().until(load::ended);
            assertThat(load.unexpected()).isEmpty();
            assertThat(TaskLoad.tasksIn(redis))
                    .containsExactlyInAnyOrderElementsOf(load.acknowledged());
            assertThat(service.log()).doesNotContain("Timed out waiting for graceful shutdown");
        }
    }
}
