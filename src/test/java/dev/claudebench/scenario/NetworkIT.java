package dev.claudebench.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import com.fasterxml.jackson.databind.JsonNode;

import dev.claudebench.support.RedisProcess;
import dev.claudebench.support.Rpc;
import dev.claudebench.support.ServiceProcess;
import dev.claudebench.support.TcpProxy;

/** Faults of the network between the service and Redis. */
class NetworkIT {
    /** Two round trips of at most 2 s, plus a margin for a busy machine. */
    private static final long LONGEST_CALL_SECONDS = 4 + 6;
    private static final Duration RECOVERY = Duration.ofSeconds(60);

    private static RedisProcess redis;
    private static TcpProxy network;
    private static ServiceProcess service;
    private static Rpc rpc;

    @BeforeAll
    static void start() {
        redis = new RedisProcess().start();
        network = TcpProxy.to(redis.uri());
        service = ServiceProcess.start("-Dquarkus.redis.hosts=" + network.uri(),
                "-Dsmallrye.faulttolerance.global.circuit-breaker.delay=1", "-Dclaudebench.instance.sweep-interval=off",
                "-Dclaudebench.metrics.refresh=off", "-Dclaudebench.rate-limit.\"task.create\".limit=0",
                "-Dclaudebench.rate-limit.\"system.register\".limit=0",
                "-Dclaudebench.rate-limit.\"system.get_state\".limit=0",
                "-Dclaudebench.rate-limit.\"system.metrics\".limit=0");
        rpc = Rpc.of(service);
    }

    @AfterAll
    static void end() {
        service.close();
        network.close();
        redis.close();
    }

    @BeforeEach
    void emptySystem() {
        redis.cli("FLUSHALL");
    }

    @AfterEach
    void restoreNetwork() {
        network.restore();
        recovers();
    }

    @Test
    void registrationWhoseReplyIsLostIsCompleteAndCanBeRepeated() {
        Rpc.Call anna = rpc.call("system.register")
                .with("id", "anna")
                .with("roles", List.of("worker"))
                .with("sessionId", "s1");
        rpc.call("system.register").with("id", "first").with("roles", List.of("leader")).result();
        String task = createTask("t1");

        loseReply(anna, "anna");

        assertThat(redis.cli("HGET", "cb:instance:anna", "sessionId")).isEqualTo("s1");
        assertThat(redis.cli("ZSCORE", "cb:instances:active", "anna")).isNotEmpty();
        assertThat(redis.cli("SISMEMBER", "cb:role:worker", "anna")).isEqualTo("1");
        assertThat(redis.cli("ZRANGE", "cb:queue:instance:anna", "0", "-1")).isEqualTo(task);
        assertThat(eventsOf("instance.registered")).isEqualTo(2);
        assertThat(eventsOf("task.assigned")).isEqualTo(1);

        assertThat(anna.result()).hasToString("{\"registered\":true}");
        assertThat(redis.cli("HGET", "cb:metrics:global", "instances")).isEqualTo("2");
        assertThat(redis.cli("ZRANGE", "cb:queue:instance:anna", "0", "-1")).isEqualTo(task);
        assertThat(eventsOf("task.assigned")).isEqualTo(1);
    }

    @Test
    void heartbeatWhoseReplyIsLostCanBeRepeated() {
        Rpc.Call ben = rpc.call("system.heartbeat").with("instanceId", "ben");
        rpc.call("system.register").with("id", "ben").with("roles", List.of()).result();
        ben.result();
        long deadline = deadline("ben");
        await().until(() -> System.currentTimeMillis() > deadline - TimeUnit.SECONDS.toMillis(30));

        loseReply(ben, "ben");

        assertThat(deadline("ben")).isGreaterThan(deadline);
        assertThat(ben.result()).hasToString("{\"alive\":true}");
    }

    @Test
    void unregistrationWhoseReplyIsLostIsCompleteAndCanBeRepeated() {
        rpc.call("system.register").with("id", "other").with("roles", List.of()).result();
        rpc.call("system.unregister").with("instanceId", "other").result();
        rpc.call("system.register").with("id", "carl").with("roles", List.of("worker")).result();
        String task = createTask("t1");
        rpc.call("task.claim").with("workerId", "carl").result();

        Rpc.Call carl = rpc.call("system.unregister").with("instanceId", "carl");
        loseReply(carl, "carl");

        assertThat(redis.cli("EXISTS", "cb:instance:carl", "cb:health:gossip:carl", "cb:role:worker",
                "cb:queue:instance:carl", "cb:leader:current", "cb:instances:active")).isEqualTo("0");
        assertThat(redis.cli("ZRANGE", "cb:queue:tasks:pending", "0", "-1")).isEqualTo(task);
        assertThat(eventsOf("instance.unregistered")).isEqualTo(2);

        assertThat(carl.result())
                .hasToString("{\"unregistered\":true,\"tasksReassigned\":0}");
        assertThat(redis.cli("ZCARD", "cb:queue:tasks:pending")).isEqualTo("1");
    }

    @Test
    void taskWhoseReplyIsLostIsCreatedOnceByItsIdempotencyKey() {
        createTask("warm-up");
        Rpc.Call create = rpc.call("task.create").with("text", "made once").with("idempotencyKey", "key-1");

        loseReply(create, "key-1");

        String id = redis.cli("GET", "cb:idempotency:task.create:key-1");
        assertThat(redis.cli("HGET", "cb:task:" + id, "text")).isEqualTo("made once");
        assertThat(redis.cli("ZCARD", "cb:queue:tasks:pending")).isEqualTo("2");

        assertThat(create.result().get("id").textValue()).isEqualTo(id);
        assertThat(redis.cli("ZCARD", "cb:queue:tasks:pending")).isEqualTo("2");
        assertThat(eventsOf("task.created")).isEqualTo(2);
    }

    @Test
    void failureWhoseReplyIsLostCountsOnceWhenItIsRepeatedWithItsClaim() {
        rpc.call("system.register").with("id", "dora").with("roles", List.of("worker")).result();
        createTask("warm-up");
        String failing = createTask("failing");
        JsonNode claims = rpc.call("task.claim").with("workerId", "dora").with("maxTasks", 2).result().get("tasks");
        rpc.call("task.complete").with("taskId", claims.at("/0/id")).with("workerId", "dora").result();
        Rpc.Call failure = rpc.call("task.complete")
                .with("taskId", failing)
                .with("claim", claims.at("/1/claim"))
                .with("error", "broke");

        loseReply(failure, failing);

        assertThat(redis.cli("HGET", "cb:task:" + failing, "attempts")).isEqualTo("1");
        assertThat(failure.result().get("status").textValue()).isEqualTo("scheduled");
        assertThat(redis.cli("HGET", "cb:task:" + failing, "attempts")).isEqualTo("1");
        assertThat(eventsOf("task.failed")).isEqualTo(1);
    }

    @Test
    void lateRepliesFailTheirCallsInTimeAndNoLaterCalls() {
        createTask("warm-up");
        network.holdReplies();

        assertUnavailable(callInTime(creation("late")), "unknown");

        network.restore();
        for (int i = 0; i < 20; i++) {
            assertThat(rpc.call("task.create").with("text", "task " + i).result().get("text").textValue())
                    .isEqualTo("task " + i);
        }
        assertThat(redis.cli("ZCARD", "cb:queue:tasks:pending")).isEqualTo("22");
    }

    @Test
    void halfOpenConnectionsAreReplaced() {
        createTask("warm-up");
        network.dropData();

        for (int i = 0; i < 5; i++) {
            JsonNode error = callInTime(creation("swallowed")).get("error");
            assertThat(error.get("code").intValue()).as(error.toString()).isEqualTo(-32004);
        }
        assertThat(callInTime(creation("swallowed")).at("/error/code").intValue()).isEqualTo(-32001);
        network.restore();

        recovers();
        assertThat(redis.cli("ZCARD", "cb:queue:tasks:pending")).as("nothing came through").isEqualTo("2");
    }

    @Test
    void connectionIsNotUsedAgainAfterATimeout() {
        createTask("warm-up");
        network.dropData();
        assertUnavailable(callInTime(creation("swallowed")), "unknown");
        network.restore();

        assertThat(createTask("on another connection")).isNotEmpty();
    }

    @Test
    void callsAtOnceShareAConnection() {
        createTask("warm-up");
        int before = network.connections();
        List<CompletableFuture<JsonNode>> calls = createAtOnce(100);
        assertThat(calls).allSatisfy(call -> assertThat(call.join().has("result")).isTrue());
        // No connection is closed so soon, but the pool may replace one.
        assertThat(network.connections()).isLessThanOrEqualTo(before + 1);
    }

    @Test
    void connectionThatBreaksUnderManyCallsDoesNotOpenTheBreaker() {
        rpc.call("system.metrics").response();
        network.holdReplies();
        long before = redis.scriptCalls();
        // One run is in flight, another waits for its connection, and the other calls wait for a run.
        List<CompletableFuture<JsonNode>> calls = atOnce(50, rpc.call("system.metrics"));
        await().until(() -> redis.scriptCalls() > before);

        network.resetConnections();
        network.restore();

        assertThat(calls).filteredOn(call -> !call.join().has("result"))
                .isNotEmpty()
                .allSatisfy(call -> assertThat(call.join().at("/error/code").intValue()).isEqualTo(-32004));
        assertThat(rpc.call("system.metrics").succeeds()).as("over another connection").isTrue();
    }

    @Test
    void callsThatWaitForARunAreNotAffectedByABrokenConnection() {
        createTask("warm-up");
        network.holdReplies();
        List<CompletableFuture<JsonNode>> calls = createAtOnce(100);
        await().until(() -> pending() > 1);

        network.resetConnections();
        network.restore();

        List<JsonNode> answers = calls.stream().map(CompletableFuture::join).toList();
        List<JsonNode> failures = answers.stream().filter(answer -> !answer.has("result")).toList();
        assertThat(failures).as("at most two runs of 32 were in flight").hasSizeLessThanOrEqualTo(64);
        // A run whose connection was not established yet was not executed.
        assertThat(failures).allSatisfy(failure -> {
            assertThat(failure.at("/error/code").intValue()).isEqualTo(-32004);
            assertThat(failure.at("/error/data/outcome").textValue()).isIn("unknown", "not_executed");
        });
        long unknown = failures.stream()
                .filter(failure -> failure.at("/error/data/outcome").textValue().equals("unknown"))
                .count();
        int carriedOut = 1 + answers.size() - failures.size();
        assertThat((long) pending()).as("no call was carried out twice, and none that was not executed")
                .isBetween((long) carriedOut, carriedOut + unknown);
    }

    private int pending() {
        return Integer.parseInt(redis.cli("ZCARD", "cb:queue:tasks:pending"));
    }

    private List<CompletableFuture<JsonNode>> createAtOnce(int count) {
        return atOnce(count, creation("something"));
    }

    private static List<CompletableFuture<JsonNode>> atOnce(int count, Rpc.Call call) {
        return IntStream.range(0, count).mapToObj(i -> call.responseLater()).toList();
    }

    /** How a connection may end. */
    enum End {
        RESET, CLOSE, HALF_CLOSE_TO_CLIENTS, HALF_CLOSE_TO_SERVER;

        void of(TcpProxy network) {
            switch (this) {
                case RESET -> network.resetConnections();
                case CLOSE -> network.closeConnections();
                case HALF_CLOSE_TO_CLIENTS -> network.halfCloseToClients();
                case HALF_CLOSE_TO_SERVER -> network.halfCloseToServer();
            }
        }
    }

    @ParameterizedTest
    @EnumSource(End.class)
    void idleConnectionsThatEndAreReplaced(End end) {
        createTask("warm-up");
        assertThat(network.connections()).isPositive();

        end.of(network);

        recovers();
        assertThat(redis.cli("ZCARD", "cb:queue:tasks:pending")).isEqualTo("2");
    }

    private void loseReply(Rpc.Call call, String argument) {
        network.resetBeforeReplyTo("\r\n" + argument + "\r\n");
        JsonNode response = callInTime(call);
        assertThat(network.isResetPending()).isFalse();
        assertUnavailable(response, "unknown");
    }

    private static JsonNode callInTime(Rpc.Call call) {
        return call.responseLater().orTimeout(LONGEST_CALL_SECONDS, TimeUnit.SECONDS).join();
    }

    private static void assertUnavailable(JsonNode response, String outcome) {
        assertThat(response.at("/error/code").intValue()).as(response.toString()).isEqualTo(-32004);
        assertThat(response.at("/error/data/outcome").textValue()).isEqualTo(outcome);
    }

    private void recovers() {
        await("recovery").atMost(RECOVERY)
                .until(() -> rpc.call("task.create").with("text", "afterwards").with("idempotencyKey", "k").succeeds());
        for (int i = 0; i < 5; i++) {
            rpc.call("system.get_state").result();
        }
    }

    private static Rpc.Call creation(String text) {
        return rpc.call("task.create").with("text", text);
    }

    private String createTask(String text) {
        return creation(text).result().get("id").textValue();
    }

    private long deadline(String id) {
        return Long.parseLong(redis.cli("ZSCORE", "cb:instances:active", id));
    }

    private long eventsOf(String type) {
        List<String> lines = redis.cli("XRANGE", "cb:stream:events", "-", "+").lines().toList();
        return lines.stream().filter(type::equals).count();
    }
}
