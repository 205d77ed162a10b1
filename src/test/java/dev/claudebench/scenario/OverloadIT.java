package dev.claudebench.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import com.fasterxml.jackson.databind.JsonNode;

import dev.claudebench.method.Json;
import dev.claudebench.support.RedisProcess;
import dev.claudebench.support.Rpc;
import dev.claudebench.support.ServiceProcess;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.PoolOptions;

/** Far more callers than fit, each of which calls again as soon as it is answered. */
@Tag("slow")
class OverloadIT {
    private static final int CONNECTIONS = 2_000;
    private static final int PLACES = 128;
    private static final int ANSWERS = 40_000;
    private static final long LONGEST_SECONDS = 10;
    /** What a service with a heap of 128 MiB may hold at most; the half of it is there before any client comes. */
    private static final long ENOUGH_MEBIBYTES = 450;
    /** Two round trips of 2 s are what a call may take; the rest is for a busy machine. */
    private static final long LONGEST_CALL_SECONDS = 4 + 6;

    private RedisProcess redis;
    private ServiceProcess service;
    private Vertx vertx;

    @BeforeEach
    void start() {
        redis = new RedisProcess().start();
        service = ServiceProcess.start("-Xmx128m", "-Dquarkus.redis.hosts=" + redis.uri(),
                "-Dclaudebench.overload.max-calls=" + PLACES, "-Dclaudebench.rate-limit.\"task.create\".limit=0");
        vertx = Vertx.vertx();
    }

    @AfterEach
    void end() {
        vertx.close().toCompletionStage().toCompletableFuture().join();
        service.close();
        redis.close();
    }

    @Test
    void callsBeyondTheLimitAreRefusedAndOthersServed() throws Exception {
        Rpc.of(service).call("task.create").with("text", "warm-up").result();
        Load load = new Load(vertx, service.base());

        load.start();
        await("load").atMost(Duration.ofSeconds(60)).until(load::isOver);

        assertThat(service.log()).doesNotContain("circuit breaker open", "ERROR");
        assertThat(load.unexpected).isEmpty();
        assertThat(load.served.get()).isGreaterThan(PLACES);
        assertThat(load.refused.get()).isGreaterThan(PLACES);
        assertThat(load.late.get()).as("admitted in vain").isLessThan(load.served.get() / 10);
        assertThat(Duration.ofNanos(load.longestNanos.get())).isLessThan(Duration.ofSeconds(LONGEST_CALL_SECONDS));
        int tasks = Integer.parseInt(redis.cli("ZCARD", "cb:queue:tasks:pending"));
        assertThat(tasks).as("what was served, perhaps what was late, and nothing that was refused")
                .isBetween(1 + load.served.get(), 1 + load.served.get() + load.late.get());
        assertThat(service.peakResidentMebibytes()).isLessThan(ENOUGH_MEBIBYTES);

        Rpc.of(service).call("task.create").with("text", "afterwards").result();
        await().untilAsserted(() -> assertThat(metrics()).contains("claudebench_calls_active 0.0"));
        assertThat(metrics()).contains("claudebench_circuit_breaker_state{method=\"task.create\"} 0.0")
                .contains("claudebench_circuit_breaker_state{method=\"system.register\"} 0.0");
        assertThat(service.log()).doesNotContain("circuit breaker open", "ERROR");
    }

    private String metrics() throws Exception {
        return HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(service.base().resolve("/q/metrics")).build(),
                        HttpResponse.BodyHandlers.ofString())
                .body();
    }

    /** So many connections, on each of which one call is always under way. */
    private static final class Load {
        private static final Buffer CALL = Buffer.buffer(
                "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"task.create\",\"params\":{\"text\":\"offered\"}}");

        private final AtomicInteger served = new AtomicInteger();
        private final AtomicInteger refused = new AtomicInteger();
        private final AtomicInteger late = new AtomicInteger();
        private final AtomicInteger under = new AtomicInteger();
        private final AtomicLong longestNanos = new AtomicLong();
        private final Queue<String> unexpected = new ConcurrentLinkedQueue<>();
        private final io.vertx.core.http.HttpClient http;
        private final URI service;
        private final long end = System.nanoTime() + Duration.ofSeconds(LONGEST_SECONDS).toNanos();

        Load(Vertx vertx, URI service) {
            this.service = service;
            http = vertx.createHttpClient(new HttpClientOptions().setConnectTimeout(20_000),
                    new PoolOptions().setHttp1MaxSize(CONNECTIONS));
        }

        void start() {
            under.set(CONNECTIONS);
            for (int i = 0; i < CONNECTIONS; i++) {
                call();
            }
        }

        boolean isOver() {
            return under.get() == 0;
        }

        private void call() {
            AtomicLong sent = new AtomicLong();
            http.request(HttpMethod.POST, service.getPort(), service.getHost(), "/rpc")
                    .compose(request -> {
                        sent.set(System.nanoTime());
                        return request.putHeader("Content-Type", "application/json").send(CALL);
                    })
                    .compose(response -> response.body().map(body -> response.statusCode() + " " + body))
                    .onComplete(answer -> {
                        record(answer.succeeded() ? answer.result() : String.valueOf(answer.cause()),
                                System.nanoTime() - sent.get());
                        if (served.get() + refused.get() < ANSWERS && System.nanoTime() < end) {
                            call();
                        } else {
                            under.decrementAndGet();
                        }
                    });
        }

        private void record(String answer, long nanos) {
            longestNanos.accumulateAndGet(nanos, Math::max);
            JsonNode response = answer.startsWith("200 {") ? Json.read(answer.substring(4)) : Json.read("{}");
            if (response.at("/result/text").asText().equals("offered")) {
                served.incrementAndGet();
            } else if (response.at("/error/code").intValue() == -32004
                    && response.at("/error/data/outcome").asText().equals("not_executed")) {
                refused.incrementAndGet();
            } else if (response.at("/error/code").intValue() == -32004) {
                // admitted, and not answered within the time limit
                late.incrementAndGet();
            } else {
                unexpected.add(answer);
            }
        }
    }
}
