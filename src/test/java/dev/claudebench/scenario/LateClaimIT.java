package dev.claudebench.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import com.fasterxml.jackson.databind.JsonNode;

import dev.claudebench.support.RedisProcess;
import dev.claudebench.support.Rpc;
import dev.claudebench.support.ServiceProcess;
import dev.claudebench.support.SseClient;
import dev.claudebench.support.TcpProxy;

/** A claim that waits, and begins a task at the end of its time. */
class LateClaimIT {
    /** Long enough for a busy machine to get both claims to wait. */
    private static final Duration TIME = Duration.ofSeconds(5);
    private static final int LONG = 20_000;

    private RedisProcess redis;
    private TcpProxy proxy;
    private ServiceProcess service;
    private Rpc rpc;
    private SseClient follower;

    @BeforeEach
    void start() {
        redis = new RedisProcess().start();
        proxy = TcpProxy.to(redis.uri());
        service = ServiceProcess.start("-Dquarkus.redis.hosts=" + proxy.uri(), "-Dclaudebench.redis.timeout=20s");
        rpc = Rpc.of(service);
        // when the service begins to read events, it makes all claims that wait again
        follower = SseClient.follow(service.base(), "").awaitPosition();
    }

    @AfterEach
    void end() {
        follower.close();
        service.close();
        proxy.close();
        redis.close();
    }

    @Test
    void taskThatWasBegunBeforeTheTimeWasUpReachesTheCaller() {
        register("late");
        register("other");
        CompletableFuture<JsonNode> late = startWaiting("late", (int) TIME.toMillis());
        CompletableFuture<JsonNode> other = startWaiting("other", LONG);
        long begun = System.nanoTime();
        proxy.holdReplyTo("late");
        String first = create();
        await("the claim").until(proxy::holdsReply);
        await("the end of its time").atMost(TIME.multipliedBy(2))
                .until(() -> System.nanoTime() - begun > TIME.toNanos());

        // its event would make the claim again, and goes to the next one that waits
        String second = create();
        assertThat(other.join().at("/result/taskId").textValue()).isEqualTo(second);
        proxy.restore();

        assertThat(late.join().at("/result/taskId").textValue()).isEqualTo(first);
        assertThat(redis.cli("HGET", "cb:task:" + first, "workerId")).isEqualTo("late");
    }

    private void register(String worker) {
        rpc.call("system.register").with("id", worker).with("roles", List.of("worker")).result();
    }

    /** Sends a claim. Returns once it waits. */
    private CompletableFuture<JsonNode> startWaiting(String worker, int waitMillis) {
        int before = claims();
        CompletableFuture<JsonNode> claim = rpc.call("task.claim")
                .with("workerId", worker)
                .with("waitMs", waitMillis)
                .responseLater();
        // one at once, and one after it has begun to wait
        await("both claims").until(() -> claims() == before + 2);
        return claim;
    }

    /** Returns how many claims Redis has answered. */
    private int claims() {
        return rpc.http()
                .get("/q/metrics")
                .asString()
                .lines()
                .filter(line -> line.startsWith("claudebench_redis_script_seconds_count{script=\"task_claim\"}"))
                .mapToInt(line -> (int) Double.parseDouble(line.substring(line.indexOf(' ') + 1)))
                .sum();
    }

    private String create() {
        return rpc.call("task.create").with("text", "work").result().get("id").textValue();
    }
}
