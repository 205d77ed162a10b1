package dev.claudebench.scenario;

import static io.restassured.RestAssured.given;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.containsString;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import com.fasterxml.jackson.databind.JsonNode;

import dev.claudebench.support.RedisProcess;
import dev.claudebench.support.Rpc;
import dev.claudebench.support.ServiceProcess;
import dev.claudebench.support.SseClient;

/** Faults of Redis: calls fail in time, nothing is half done, and the service recovers. */
class RedisFaultsIT {
    private static final Duration TIMEOUT = Duration.ofSeconds(60);
    private static final Duration OUTAGE = Duration.ofSeconds(10);
    /** The time limit of a round trip, plus a margin for a busy machine. */
    private static final Duration AT_MOST = Duration.ofSeconds(2).plusSeconds(2);
    private static final int FAILURES = 5;
    private static final int CROWD = 400;
    private static final int CIRCUIT_OPEN = -32001;
    private static final int UNAVAILABLE = -32004;

    private static RedisProcess redis;
    private static ServiceProcess service;
    private static Rpc rpc;

    @BeforeAll
    static void start() {
        redis = new RedisProcess("--busy-reply-threshold", "500").start();
        service = ServiceProcess.start("-Dquarkus.redis.hosts=" + redis.uri(),
                "-Dsmallrye.faulttolerance.global.circuit-breaker.delay=1",
                "-Dclaudebench.rate-limit.\"system.register\".limit=0",
                "-Dclaudebench.rate-limit.\"task.create\".limit=0");
        rpc = Rpc.of(service);
    }

    @AfterAll
    static void end() {
        service.close();
        redis.close();
    }

    @BeforeEach
    void recoveredServiceAndEmptySystem() {
        redis.start();
        awaitRecovery();
        redis.cli("FLUSHALL");
    }

    @AfterEach
    void resetRedis() {
        redis.kill();
    }

    @Test
    void hangingRedisIsReportedInTimeAndTheServiceRecovers() {
        fleetAtWork();
        List<JsonNode> errors = new ArrayList<>();
        redis.suspend();

        await("the outage").pollDelay(Duration.ZERO).atMost(TIMEOUT).during(OUTAGE).until(() -> {
            long begun = System.nanoTime();
            errors.add(register("new" + errors.size()).path("error"));
            return Duration.ofNanos(System.nanoTime() - begun).compareTo(AT_MOST) < 0;
        });

        assertThat(errors).extracting(error -> error.get("code").intValue())
                .containsOnly(UNAVAILABLE, CIRCUIT_OPEN)
                .startsWith(UNAVAILABLE, UNAVAILABLE, UNAVAILABLE, UNAVAILABLE, UNAVAILABLE, CIRCUIT_OPEN);
        assertThat(errors.get(0).at("/data/outcome").textValue()).as("it was sent").isEqualTo("unknown");
        redis.resume();
        awaitRecovery();
        assertThat(redis.cli("ZCARD", "cb:instances:active")).as("whole, where they were carried out")
                .isEqualTo(String.valueOf(redis.cli("KEYS", "cb:instance:*").lines().count()))
                .isEqualTo(redis.cli("HGET", "cb:metrics:global", "instances"));
    }

    /** Every call that timed out reports a hanging Redis, whether or not other calls share its run. */
    @Test
    void hangingRedisOpensTheBreakersOfAllMethodsThatWait() throws InterruptedException {
        List<Callable<JsonNode>> calls = new ArrayList<>();
        for (int i = 0; i < FAILURES; i++) {
            calls.add(() -> rpc.call("system.get_state").response());
            calls.add(() -> rpc.call("task.list").response());
        }
        ExecutorService callers = Executors.newFixedThreadPool(calls.size());
        redis.suspend();

        List<Future<JsonNode>> answers = callers.invokeAll(calls);

        assertThat(answers).extracting(answer -> code(answer.get())).containsOnly(UNAVAILABLE);
        assertThat(code(rpc.call("system.get_state").response())).isEqualTo(CIRCUIT_OPEN);
        assertThat(code(rpc.call("task.list").response())).isEqualTo(CIRCUIT_OPEN);
        callers.shutdown();
        redis.resume();
        awaitRecovery();
    }

    @Test
    void outcomesReportedWhileRedisHangsAreTrue() {
        // so that there are connections over which some are sent
        Stream.of("system.get_state", "task.list", "system.list_instances", "system.metrics", "system.history")
                .map(method -> rpc.call(method).responseLater())
                .toList()
                .forEach(CompletableFuture::join);
        redis.suspend();
        List<CompletableFuture<JsonNode>> calls = IntStream.range(0, CROWD)
                // for a role that no worker has, so that all stay pending
                .mapToObj(i -> rpc.call("task.create")
                        .with("text", "offered")
                        .with("roles", List.of("nobody"))
                        .responseLater())
                .toList();

        List<JsonNode> errors = calls.stream().map(call -> call.join().get("error")).toList();

        List<JsonNode> unknown = errors.stream()
                .filter(error -> error.at("/data/outcome").asText().equals("unknown"))
                .toList();
        assertThat(unknown).isNotEmpty();
        // On a busy machine, late calls meet an open breaker.
        assertThat(errors).filteredOn(error -> !unknown.contains(error))
                .allMatch(error -> error.get("code").intValue() == CIRCUIT_OPEN
                        || error.at("/data/outcome").asText().equals("not_executed"));
        redis.resume();
        awaitRecovery();
        assertThat(Integer.parseInt(redis.cli("ZCARD", "cb:queue:tasks:pending:nobody")))
                .as("no call with the outcome not_executed")
                .isLessThanOrEqualTo(unknown.size());
    }

    @Test
    void redisThatBecomesAReplicaRefusesWritesUntilItIsAPrimaryAgain() {
        callsAreRefusedAndChangeNothing(() -> redis.cli("REPLICAOF", "127.0.0.1", "1"),
                () -> redis.cli("REPLICAOF", "NO", "ONE"));
    }

    @Test
    void redisThatIsBusyWithAForeignScriptRefusesCallsUntilThatIsKilled() {
        callsAreRefusedAndChangeNothing(() -> {
            new Thread(() -> failed(() -> redis.cli("EVAL", "while true do end", "0"))).start();
            await().until(() -> failed(() -> redis.cli("PING")));
        }, () -> {
            redis.cli("SCRIPT", "KILL");
            await().until(() -> !failed(() -> redis.cli("PING")));
        });
    }

    @Test
    void emptyRedisIsANewFleet() {
        fleetAtWork();
        JsonNode atWork = rpc.call("system.get_state").result();
        long version = atWork.get("version").longValue();
        long term = atWork.at("/leader/term").longValue();
        try (SseClient client = SseClient.follow(service.base(), "").awaitPosition()) {
            // for a role that no worker has: an assignment by a sweep would be another event
            rpc.call("task.create").with("text", "seen").with("roles", List.of("nobody")).result();
            assertThat(client.next().event()).isEqualTo("task.created");

            redis.stop();
            redis.start();
            await().atMost(TIMEOUT).until(() -> rpc.call("system.get_state").succeeds());

            JsonNode empty = rpc.call("system.get_state").result();
            assertThat(List.of(empty.get("instances"), empty.get("tasks"), empty.get("recentEvents")))
                    .allSatisfy(list -> assertThat(list).isEmpty());
            assertThat(empty.get("leader").isNull()).isTrue();
            assertThat(rpc.call("system.heartbeat").with("instanceId", "anna").result())
                    .hasToString("{\"alive\":false}");
            assertThat(rpc.call("task.claim").with("workerId", "anna").refusal())
                    .isEqualTo("worker_not_registered");
            assertThat(register("anna").at("/result/registered").booleanValue()).isTrue();
            JsonNode state = rpc.call("system.get_state").result();
            assertThat(state.get("version").longValue()).as("no version is issued twice").isGreaterThan(version);
            assertThat(state.at("/leader/id").textValue()).isEqualTo("anna");
            assertThat(state.at("/leader/term").longValue()).as("no term is issued twice").isGreaterThan(term);
            assertThat(client.next().event()).isEqualTo("gap");
            assertThat(client.next().event()).isEqualTo("instance.registered");
        }
    }

    @Test
    void eventsGoOnAfterRedisRefusedConnections() throws IOException {
        try (SseClient client = SseClient.follow(service.base(), "").awaitPosition()) {
            try (Socket only = new Socket(redis.uri().getHost(), redis.uri().getPort())) {
                say(only, "CONFIG SET maxclients 1");
                say(only, "CLIENT KILL TYPE normal SKIPME yes");
                // The service may not know yet that its connection is closed, so the outcome may be unknown.
                assertThat(code(register("new"))).isEqualTo(UNAVAILABLE);
                say(only, "CONFIG SET maxclients 1000");
            }
            await().atMost(TIMEOUT).until(() -> rpc.call("task.create").with("text", "t").succeeds());

            assertThat(client.next().event()).isEqualTo("task.created");
        }
    }

    @Test
    void flushedScriptsAreLoadedAgainUnderLoad() {
        TaskLoad load = new TaskLoad(rpc);
        try (load) {
            for (int flushes = 0; flushes < 20; flushes++) {
                redis.cli("SCRIPT", "FLUSH");
                int then = load.acknowledged().size();
                await().atMost(TIMEOUT)
                        .pollInterval(Duration.ofMillis(10))
                        .until(() -> load.acknowledged().size() > then);
            }
        }

        assertThat(load.codes()).isEmpty();
        assertThat(load.unexpected()).isEmpty();
        assertThat(TaskLoad.tasksIn(redis)).containsExactlyInAnyOrderElementsOf(load.acknowledged());
    }

    @Test
    void wrongPasswordIsReportedUntilItIsRight() {
        redis.cli("ACL", "SETUSER", "service", "on", ">right", "~*", "+@all");
        try (ServiceProcess mistaken = ServiceProcess.launch("-Dquarkus.redis.hosts=redis://service:wrong@"
                + redis.uri().getAuthority(), "-Dsmallrye.faulttolerance.global.circuit-breaker.delay=1")) {
            isUnavailableUntil(mistaken, "WRONGPASS", () -> redis.cli("ACL", "SETUSER", "service", ">wrong"));
        }
    }

    @Test
    void passwordChangedAtRunTimeIsReportedUntilItIsRight() {
        redis.cli("ACL", "SETUSER", "service", "on", ">right", "~*", "+@all");
        try (ServiceProcess running = ServiceProcess.start("-Dquarkus.redis.hosts=redis://service:right@"
                + redis.uri().getAuthority(), "-Dsmallrye.faulttolerance.global.circuit-breaker.delay=1")) {
            redis.cli("ACL", "SETUSER", "service", "resetpass", ">another");
            redis.cli("CLIENT", "KILL", "USER", "service");
            isUnavailableUntil(running, "WRONGPASS", () -> redis.cli("ACL", "SETUSER", "service", ">right"));
        }
    }

    @Test
    void missingPasswordIsReportedUntilNoneIsNeeded() {
        redis.cli("CONFIG", "SET", "requirepass", "secret");
        try (ServiceProcess unaware = ServiceProcess.launch("-Dquarkus.redis.hosts=" + redis.uri(),
                "-Dsmallrye.faulttolerance.global.circuit-breaker.delay=1")) {
            isUnavailableUntil(unaware, "write user and password into quarkus.redis.hosts",
                    RedisFaultsIT::liftPassword);
        }
    }

    private static void isUnavailableUntil(ServiceProcess unable, String reason, Runnable repair) {
        await().atMost(TIMEOUT).ignoreExceptions().until(() -> unable.base() != null);
        Rpc calls = Rpc.of(unable);
        given().get(unable.base() + "/q/health/ready").then().statusCode(503).body(containsString(reason));
        await("the reason in the log").until(() -> unable.log().contains(reason));
        for (int i = 0; i < FAILURES; i++) {
            assertRefused(calls.call("system.get_state").response());
        }
        assertThat(code(calls.call("system.get_state").response())).isEqualTo(CIRCUIT_OPEN);

        repair.run();
        await("recovery").atMost(TIMEOUT)
                .until(() -> calls.call("system.get_state").response(), response -> response.has("result"));
        unable.awaitReady();
        assertThat(calls.call("system.register")
                .with("id", "w1")
                .with("roles", List.of())
                .result()
                .get("registered")
                .booleanValue()).isTrue();
    }

    private static void liftPassword() {
        try (Socket socket = new Socket(redis.uri().getHost(), redis.uri().getPort())) {
            say(socket, "AUTH secret");
            say(socket, "CONFIG SET requirepass \"\"");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Sends a command on this connection and checks that the reply is not an error. */
    private static void say(Socket socket, String command) throws IOException {
        socket.getOutputStream().write((command + "\r\n").getBytes(US_ASCII));
        String reply = new BufferedReader(new InputStreamReader(socket.getInputStream(), US_ASCII)).readLine();
        assertThat(reply).isNotNull().doesNotStartWith("-");
    }

    /** Also checks that the circuit breaker opens. */
    private static void callsAreRefusedAndChangeNothing(Runnable fault, Runnable repair) {
        fleetAtWork();
        Map<String, String> before = contents();

        fault.run();
        assertRefused(rpc.call("system.heartbeat").with("instanceId", "anna").response());
        assertRefused(rpc.call("system.unregister").with("instanceId", "ben").response());
        assertRefused(rpc.call("task.create").with("text", "new").response());
        assertRefused(rpc.call("task.claim").with("workerId", "ben").response());
        for (int i = 0; i < FAILURES; i++) {
            assertRefused(register("new"));
        }
        assertThat(code(register("new"))).isEqualTo(CIRCUIT_OPEN);

        repair.run();
        assertThat(contents()).isEqualTo(before);
        awaitRecovery();
    }

    private static void assertRefused(JsonNode response) {
        assertThat(code(response)).isEqualTo(UNAVAILABLE);
        assertThat(response.at("/error/data/outcome").textValue()).isEqualTo("not_executed");
    }

    private static void fleetAtWork() {
        rpc.call("task.create").with("text", "first").result();
        rpc.call("task.create").with("text", "second").result();
        assertThat(register("anna").has("result")).isTrue();
        rpc.call("task.claim").with("workerId", "anna").result();
        assertThat(register("ben").has("result")).isTrue();
    }

    /** Returns the content of the keys and when they expire, except those that probes, sweeps, rate limits and the note of the last run write. */
    private static Map<String, String> contents() {
        Map<String, String> contents = new TreeMap<>();
        redis.cli("KEYS", "cb:*")
                .lines()
                .filter(key -> !key.matches("cb:(health:readiness|metrics:.*|ratelimit:.*|time:.*)"))
                .forEach(key -> contents.put(key,
                        redis.cli("DUMP", key).hashCode() + " until " + redis.cli("PEXPIRETIME", key)));
        return contents;
    }

    private static void awaitRecovery() {
        await("recovery").atMost(TIMEOUT).until(() -> register("late").has("result"));
        await("recovery").atMost(TIMEOUT).until(() -> rpc.call("task.create").with("text", "late").succeeds());
        service.awaitReady();
    }

    private static JsonNode register(String id) {
        return rpc.call("system.register").with("id", id).with("roles", List.of("worker")).response();
    }

    private static int code(JsonNode response) {
        return response.at("/error/code").intValue();
    }

    private static boolean failed(Runnable command) {
        try {
            command.run();
            return false;
        } catch (IllegalStateException errorReply) {
            return true;
        }
    }
}
