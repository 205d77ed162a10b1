package dev.claudebench.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import com.fasterxml.jackson.databind.JsonNode;

import dev.claudebench.method.Json;
import dev.claudebench.support.KeyFile;
import dev.claudebench.support.RedisProcess;
import dev.claudebench.support.Rpc;
import dev.claudebench.support.ServiceProcess;
import dev.claudebench.support.TcpProxy;

class ClaudeCodeHooksIT {
    private static final Duration TTL = Duration.ofSeconds(6);
    private static final Duration TIMEOUT = Duration.ofSeconds(30);

    private static RedisProcess redis;
    private static ServiceProcess service;

    private Path home;
    private Hooks hooks;

    @BeforeAll
    static void startService() {
        redis = new RedisProcess().start();
        service = start("-Dquarkus.http.port=0");
    }

    /** Starts a service whose first registration is over: on a busy machine it may take longer than the hooks wait. */
    private static ServiceProcess start(String port) {
        return start(port, "-Dclaudebench.security.require-session=false", Rpc::of);
    }

    private static ServiceProcess start(String port, String access, Function<ServiceProcess, Rpc> caller) {
        ServiceProcess started = ServiceProcess.start(port, access, "-Dquarkus.redis.hosts=" + redis.uri(),
                "-Dclaudebench.instance.ttl=" + TTL.toSeconds() + "s",
                "-Dclaudebench.rate-limit.\"system.register\".limit=0",
                "-Dclaudebench.rate-limit.\"system.unregister\".limit=0",
                "-Dclaudebench.rate-limit.\"system.get_state\".limit=0");
        Rpc rpc = caller.apply(started);
        rpc.call("system.register").with("id", "first").with("roles", List.of()).result();
        rpc.call("system.unregister").with("instanceId", "first").result();
        return started;
    }

    @AfterAll
    static void stopService() {
        service.close();
        redis.close();
    }

    @BeforeEach
    void install(@TempDir Path home) {
        this.home = home;
        redis.cli("FLUSHDB");
        hooks = Hooks.installIn(home)
                .with("CLAUDEBENCH_HEARTBEAT_SECONDS", "1")
                .with("CLAUDEBENCH_URL",
                        rpc(service.base()));
    }

    private static String rpc(URI base) {
        return base.resolve("/rpc").toString();
    }

    private static List<JsonNode> instances() {
        return Json.MAPPER.convertValue(Rpc.of(service).call("system.get_state").result().get("instances"),
                Json.MAPPER.getTypeFactory().constructCollectionType(List.class, JsonNode.class));
    }

    private static List<String> events() {
        return Rpc.of(service).call("system.get_state").result().get("recentEvents").findValuesAsText("type");
    }

    private static void assertRegistered(Hooks.Outcome outcome) {
        assertThat(outcome.status()).isZero();
        assertThat(outcome.err()).isEmpty();
        assertThat(outcome.out()).contains("is registered");
    }

    /** The hook has succeeded, and reported a problem to the log and the user. */
    private static void assertReports(String what, Hooks.Outcome outcome) {
        assertThat(outcome.status()).isZero();
        assertThat(outcome.err()).startsWith("ClaudeBench: ").contains(what).hasLineCount(1);
        assertThat(Json.read(outcome.out()).get("systemMessage").textValue()).isEqualTo(outcome.err().strip());
    }

    @Test
    void sessionIsRegisteredUntilItEnds() throws IOException {
        Hooks.Outcome started = hooks.with("CLAUDEBENCH_ROLES", "worker, gpu").start("session-1", "startup");

        assertRegistered(started);
        JsonNode instance = instances().get(0);
        String id = instance.get("id").textValue();
        assertThat(id).endsWith("-session-1");
        assertThat(started.out()).contains("instance id " + id + ",");
        assertThat(instance.get("roles").toString()).isEqualTo("[\"worker\",\"gpu\"]");
        assertThat(instance.at("/metadata/cwd").textValue()).isEqualTo(Hooks.directory());
        assertThat(id).startsWith(instance.at("/metadata/host").textValue());
        assertThat(redis.cli("HGET", "cb:instance:" + id, "sessionId")).isEqualTo(secret("session-1"));

        assertThat(hooks.end("session-1")).isEqualTo(new Hooks.Outcome(0, "", ""));
        assertThat(instances()).isEmpty();
        await().atMost(TIMEOUT).until(() -> Hooks.heartbeats("session-1") == 0);
        assertThat(events()).as("is not registered again").startsWith("instance.unregistered");
    }

    @Test
    void heartbeatKeepsTheInstanceAliveBeyondItsTimeToLive() {
        assertRegistered(hooks.start("session-2", "startup"));
        long registered = instances().get(0).get("registeredAt").longValue();

        await().atMost(TIMEOUT)
                .until(() -> instances().get(0).get("lastSeen").longValue() > registered + TTL.toMillis());
        assertThat(instances().get(0).get("registeredAt").longValue()).isEqualTo(registered);
    }

    @ParameterizedTest
    @ValueSource(strings = {"resume", "clear", "compact", "fork"})
    void sessionThatStartsAgainHasOneHeartbeat(String source) {
        assertRegistered(hooks.start("session-3-" + source, "startup"));
        assertRegistered(hooks.start("session-3-" + source, source));

        await().atMost(TIMEOUT).until(() -> Hooks.heartbeats("session-3-" + source) == 1);
        long seen = instances().get(0).get("lastSeen").longValue();
        await("a heartbeat").atMost(TIMEOUT).until(() -> instances().get(0).get("lastSeen").longValue() > seen);
        assertThat(events()).doesNotContain("instance.unregistered");
    }

    @Test
    void heartbeatUnregistersTheInstanceOfAKilledAgent() throws IOException {
        Process agent = hooks.agent("session-4");
        try {
            await().atMost(TIMEOUT).until(() -> Hooks.heartbeats("session-4") == 1 && instances().size() == 1);
        } finally {
            agent.destroyForcibly();
        }

        await().atMost(TIMEOUT).until(() -> Hooks.heartbeats("session-4") == 0);
        assertThat(instances()).isEmpty();
        assertThat(events()).startsWith("instance.unregistered");
        assertThat(sessionFiles()).isEmpty();
    }

    @Test
    void instanceIsRegisteredAgainAfterALongOutageOfTheCoordinator() throws IOException {
        int port = freePort();
        Hooks ownHooks = hooks.with("CLAUDEBENCH_URL", rpc(URI.create("http://127.0.0.1:" + port)));
        String id;
        try (ServiceProcess first = start("-Dquarkus.http.port=" + port)) {
            assertRegistered(ownHooks.start("session-5", "startup"));
            id = Rpc.of(first).call("system.get_state").result().at("/instances/0/id").textValue();
        }

        await("the instance to expire").atMost(TIMEOUT)
                .until(() -> redis.cli("EXISTS", "cb:instance:" + id).equals("0"));
        assertThat(Hooks.heartbeats("session-5")).isEqualTo(1);

        try (ServiceProcess second = start("-Dquarkus.http.port=" + port)) {
            await().atMost(TIMEOUT)
                    .until(() -> instances().stream().anyMatch(it -> id.equals(it.get("id").textValue())));
            assertThat(ownHooks.end("session-5").err()).isEmpty();
            assertThat(Rpc.of(second).call("system.get_state").result().get("instances")).isEmpty();
        }
    }

    @Test
    void coordinatorThatIsDownDoesNotBlockTheAgent() throws IOException {
        Hooks offline = hooks.with("CLAUDEBENCH_URL", rpc(URI.create("http://127.0.0.1:" + freePort())));
        assertReports("not registered", offline.start("session-6", "startup"));

        Hooks.Outcome ended = offline.end("session-6");

        assertThat(ended.status()).isZero();
        assertThat(ended.err()).contains("not unregistered").hasLineCount(1);
        assertThat(ended.out()).isEmpty();
    }

    @Test
    void coordinatorThatDoesNotAnswerDoesNotBlockTheAgent() {
        try (TcpProxy network = TcpProxy.to(service.base())) {
            network.dropData();
            Hooks offline = hooks.with("CLAUDEBENCH_URL", rpc(network.uri()));

            assertReports("timed out", offline.start("session-7", "startup"));
            assertThat(offline.end("session-7").err()).contains("timed out").hasLineCount(1);
        }
    }

    @Test
    void idOfAnotherSessionIsRefusedUntilItIsFree() throws IOException {
        String key = "cb:instance:the \"one\" \\ \u00fc";
        Hooks named = hooks.with("CLAUDEBENCH_INSTANCE_ID", "the \"one\" \\ \u00fc");
        assertRegistered(named.start("session-8", "startup"));

        assertReports("a live instance of another session has the id the \"one\" \\ \u00fc",
                named.start("session-9", "startup"));
        assertThat(redis.cli("HGET", key, "sessionId")).isEqualTo(secret("session-8"));
        String secret = secret("session-9");

        named.end("session-8");
        await().atMost(TIMEOUT)
                .until(() -> redis.cli("HGET", key, "sessionId").equals(secret));
        assertRegistered(named.start("session-9", "resume"));
    }

    @Test
    void instanceIsUnregisteredUnderItsOriginalId() {
        assertRegistered(hooks.with("CLAUDEBENCH_INSTANCE_ID", "first").start("session-10", "startup"));

        hooks.with("CLAUDEBENCH_INSTANCE_ID", "second").end("session-10");

        assertThat(instances()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"session_id\":\"../../x\"}", "{\"session_id\":\"..\"}", "{\"session_id\":\"-rf\"}",
            "{\"session_id\":\"a b\"}", "{\"session_id\":\"$(id)\"}", "{\"session_id\":\"a\\\"b\"}",
            "{\"session_id\":\"a\\u0062\"}", "{\"session_id\":\"a\\nb\"}", "{\"session_id\":\"\u00fc\"}",
            "{\"session_id\":\"\"}", "{\"session_id\":7}", "{\"nested\":{\"session_id\":\"a\"}}",
            "{\"text\":\"\\\"session_id\\\":\\\"a\\\"\"}", "{}", "", "not JSON"})
    void sessionWithoutAPlainIdIsRefused(String input) throws IOException {
        assertReports("session_id", hooks.run("SessionStart", input));

        assertThat(instances()).isEmpty();
        assertThat(sessionFiles()).isEmpty();
    }

    @Test
    void invalidRolesAreReported() {
        assertReports("CLAUDEBENCH_ROLES",
                hooks.with("CLAUDEBENCH_ROLES", "worker,\"x").start("session-11", "startup"));
        assertThat(instances()).isEmpty();
    }

    @Test
    void directoryWithAnInvalidNameIsLeftOut() {
        assertRegistered(hooks.run("SessionStart", "{\"session_id\":\"session-12\",\"cwd\":\"/a\\udc80\"}"));

        assertThat(instances()).hasSize(1);
        hooks.end("session-12");
    }

    @Test
    void passwordOfTheAddressIsNotPrinted() {
        Hooks.Outcome started = hooks.with("CLAUDEBENCH_URL", "http://me:secret@127.0.0.1:1/rpc")
                .start("session-13", "startup");

        assertReports("not registered at http://127.0.0.1:1/rpc", started);
        assertThat(started.out() + started.err()).doesNotContain("secret");
    }

    @Test
    void agentClaimsATaskReportsProgressAndCompletesIt() {
        Hooks ours = hooks.with("CLAUDEBENCH_PROGRESS_SECONDS", "0");
        assertRegistered(ours.start("session-14", "startup"));
        CompletableFuture<Hooks.Outcome> waiting = CompletableFuture.supplyAsync(() -> ours.command("claim",
                "session-14"));
        await("the claim to wait").atMost(TIMEOUT).until(() -> waitingClaims() == 1);
        String task = create("Say \"hi\"\n\"claim\":1,\"claimedAt\":2,");

        assertThat(waiting.join().out()).contains("Say \\\"hi\\\"");
        long lease = task(task).get("leaseUntil").longValue();
        assertThat(ours.toolUsed("session-14", "\"x\"".repeat(100_000))).isEqualTo(new Hooks.Outcome(0, "", ""));
        assertThat(task(task).get("leaseUntil").longValue()).isGreaterThan(lease);

        assertThat(ours.command("complete", "session-14", "said \"hi\"\n\ttwice").out()).isEqualTo("Reported.\n");
        assertThat(task(task).get("status").textValue()).isEqualTo("completed");
        assertThat(task(task).get("result").textValue()).isEqualTo("said \"hi\"\n twice");
    }

    @Test
    void agentReportsThatItHasFailed() {
        assertRegistered(hooks.start("session-15", "startup"));
        String task = create("t");
        hooks.command("claim", "session-15");

        assertThat(hooks.command("complete", "session-15", "x".repeat(20_000)).err()).contains("change the text",
                "must be at most 16384 bytes");
        assertThat(hooks.command("fail", "session-15", "no", "\"idea\"").out()).isEqualTo("Reported.\n");

        assertThat(task(task).get("status").textValue()).isEqualTo("scheduled");
        assertThat(task(task).get("error").textValue()).isEqualTo("no \"idea\"");
        assertReportsNothing(hooks.command("complete", "session-15", "done"));
    }

    /** The agent has not used a tool in the meantime: the heartbeat is told. */
    @Test
    void agentIsToldOnceThatItsTaskWasCancelled() {
        assertRegistered(hooks.start("session-16", "startup"));
        String task = create("t");
        hooks.command("claim", "session-16");

        Rpc.of(service).call("task.cancel").with("taskId", task).result();

        await().atMost(TIMEOUT).until(() -> sessionFiles().stream().anyMatch(it -> it.toString().endsWith(".taken")));
        JsonNode told = Json.read(hooks.toolUsed("session-16", "").out());
        assertThat(told.get("decision").textValue()).isEqualTo("block");
        assertThat(told.get("reason").textValue()).contains(task, "Stop working on it");
        assertThat(hooks.toolUsed("session-16", "").out()).isEmpty();
        assertReportsNothing(hooks.command("complete", "session-16", "done"));
    }

    @Test
    void agentThatWasRestartedGoesOnWithItsTask() throws IOException {
        assertRegistered(hooks.start("session-17", "startup"));
        String task = create("t");
        create("another");
        hooks.command("claim", "session-17");
        long claim = task(task).get("claim").longValue();
        Files.delete(home.resolve(".claude/claudebench/session-17.task"));

        assertRegistered(hooks.start("session-17", "resume"));

        assertThat(hooks.command("claim", "session-17").out()).contains(task);
        assertThat(task(task).get("claim").longValue()).isGreaterThan(claim);
        assertThat(hooks.command("complete", "session-17", "done").out()).isEqualTo("Reported.\n");
        assertThat(task(task).get("status").textValue()).isEqualTo("completed");
        hooks.end("session-17");
        assertThat(sessionFiles()).isEmpty();
    }

    @Test
    void strangerWhoKnowsAllThatIsShownCannotActAsTheSession() throws IOException {
        assertRegistered(hooks.start("session-18", "startup"));
        String id = instances().get(0).get("id").textValue();
        String task = create("t");
        assertThat(hooks.command("claim", "session-18").out()).contains(task);

        Rpc stranger = Rpc.of(service);
        String shown = stranger.call("system.get_state").result().toString()
                + stranger.call("system.list_instances").result()
                + stranger.call("task.get").with("taskId", task).result()
                + redis.cli("XRANGE", "cb:stream:events", "-", "+") + service.log();
        assertThat(shown).contains(id).doesNotContain(secret("session-18"));
        for (String guess : Stream.of(null, "session-18", id).toList()) {
            assertThat(as(guess, stranger.call("system.unregister").with("instanceId", id)).result()
                    .get("unregistered")
                    .booleanValue()).isFalse();
            assertThat(as(guess, stranger.call("system.heartbeat").with("instanceId", id)).result()
                    .get("alive")
                    .booleanValue()).isFalse();
            assertThat(as(guess, stranger.call("system.register").with("id", id).with("roles", List.of())).result()
                    .get("registered")
                    .booleanValue()).isFalse();
            assertThat(as(guess, stranger.call("task.claim").with("workerId", id).with("resume", true)).refusal())
                    .isEqualTo("held_by_another_session");
        }
        assertThat(instances()).hasSize(1);
        assertThat(hooks.command("complete", "session-18", "done").out()).isEqualTo("Reported.\n");
    }

    private static Rpc.Call as(@Nullable String session, Rpc.Call call) {
        return session == null ? call : call.with("sessionId", session);
    }

    @Test
    void hooksThatStartAtOnceAgreeOnTheSecret() throws IOException {
        List<CompletableFuture<Hooks.Outcome>> starts = Stream
                .generate(() -> CompletableFuture.supplyAsync(() -> hooks.start("session-19", "startup")))
                .limit(4)
                .toList();

        starts.forEach(start -> assertRegistered(start.join()));

        assertThat(sessionFiles()).extracting(file -> file.getFileName().toString())
                .containsExactlyInAnyOrder("session-19", "session-19.secret");
        assertThat(secret("session-19")).matches("[0-9a-f]{64}");
        await().atMost(TIMEOUT).until(() -> Hooks.heartbeats("session-19") == 1);
    }

    @Test
    void filesOfASessionAreForTheirOwnerOnly() throws IOException {
        Path directory = Files.createDirectories(home.resolve(".claude/claudebench"));
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));

        assertRegistered(hooks.start("session-20", "startup"));
        create("t");
        hooks.command("claim", "session-20");

        assertThat(permissions(directory)).isEqualTo("rwx------");
        assertThat(sessionFiles()).hasSize(3).allSatisfy(file -> assertThat(permissions(file)).isEqualTo("rw-------"));
        hooks.end("session-20");
        assertThat(sessionFiles()).isEmpty();
    }

    private static String permissions(Path file) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
    }

    @Test
    void commandsOfTheAgentSayWhatTheyNeed() {
        assertThat(hooks.command("claim").err()).contains("usage: ", "claim|complete|fail SESSION").hasLineCount(1);
        assertThat(hooks.command("complete").err()).contains("usage: ").hasLineCount(1);
        assertThat(hooks.command("fail", "host-session-24", "no idea").err())
                .contains("pass the session that the first line names, not the instance id")
                .hasLineCount(1);
    }

    @Test
    void sessionHasTheKeyOfTheFile() throws IOException {
        try (ServiceProcess closed = closedService()) {
            Hooks withoutKey = hooks.with("CLAUDEBENCH_URL", closed.base().toString());
            assertReports("set CLAUDEBENCH_KEY_FILE", withoutKey.start("session-21", "startup"));

            Path file = home.resolve("key");
            Hooks withKey = withoutKey.with("CLAUDEBENCH_KEY_FILE", file.toString());
            assertReports("no API key in the file " + file, withKey.start("session-21", "resume"));

            write(file, "rw-r--r--");
            Hooks.Outcome started = withKey.start("session-21", "resume");
            assertThat(started.out()).contains("is registered");
            assertThat(started.err())
                    .isEqualTo("ClaudeBench: other users may read the API key: chmod 600 " + file + "\n");

            write(file, "rw-------");
            assertRegistered(withKey.start("session-21", "resume"));
            assertThat(withKey.end("session-21")).isEqualTo(new Hooks.Outcome(0, "", ""));
            assertThat(instances()).isEmpty();
        }
    }

    @Test
    void secretsAreOnNoCommandLine() throws IOException {
        try (ServiceProcess closed = closedService()) {
            Path key = home.resolve("key");
            write(key, "rw-------");
            CommandLines commands = CommandLines.recordIn(home);
            Hooks recorded = hooks.with("CLAUDEBENCH_URL", rpc(closed.base()).replace("//", "//me:of-the-url@"))
                    .with("CLAUDEBENCH_KEY_FILE", key.toString())
                    .with("CLAUDEBENCH_PROGRESS_SECONDS", "0")
                    .with("PATH", commands.path());

            assertRegistered(recorded.start("session-22", "startup"));
            String secret = secret("session-22");
            long registered = instances().get(0).get("lastSeen").longValue();
            await("a heartbeat").atMost(TIMEOUT)
                    .until(() -> instances().get(0).get("lastSeen").longValue() > registered);
            create("t");
            assertThat(recorded.command("claim", "session-22").out()).contains("\"claimed\":true");
            recorded.toolUsed("session-22", "");
            assertThat(recorded.command("complete", "session-22", "done").out()).isEqualTo("Reported.\n");
            recorded.end("session-22");

            assertThat(instances()).isEmpty();
            assertThat(commands.lines()).as("register, heartbeat, claim, progress, complete, unregister")
                    .filteredOn(line -> line.startsWith("curl "))
                    .hasSizeGreaterThanOrEqualTo(6);
            assertThat(commands.lines()).anyMatch(line -> line.contains("claudebench.sh beat "))
                    .noneMatch(line -> line.contains(secret) || line.contains("secret-of-agent")
                            || line.contains("of-the-url"));
        }
    }

    /** Starts a service that has the same Redis, but is closed to callers without a key. */
    private ServiceProcess closedService() {
        return start("-Dquarkus.http.port=0", KeyFile.with(home.resolve("keys"), "agent"),
                started -> Rpc.of(started).as(KeyFile.key("agent")));
    }

    private static void write(Path key, String permissions) throws IOException {
        Files.writeString(key, KeyFile.key("agent") + "\n");
        Files.setPosixFilePermissions(key, PosixFilePermissions.fromString(permissions));
    }

    private String secret(String session) throws IOException {
        return Files.readString(home.resolve(".claude/claudebench").resolve(session + ".secret"));
    }

    private static String create(String text) {
        return Rpc.of(service)
                .call("task.create")
                .with("text", text)
                .with("leaseMs", 60_000)
                .with("metadata", Map.of("claim", 1, "claimedAt", 2))
                .result()
                .get("id")
                .textValue();
    }

    private static JsonNode task(String id) {
        return Rpc.of(service).call("task.get").with("taskId", id).result().get("task");
    }

    private static int waitingClaims() {
        return Rpc.of(service)
                .http()
                .get("/q/metrics")
                .asString()
                .lines()
                .filter(line -> line.startsWith("claudebench_task_claims_waiting "))
                .mapToInt(line -> (int) Double.parseDouble(line.substring(line.indexOf(' ') + 1)))
                .sum();
    }

    private static void assertReportsNothing(Hooks.Outcome outcome) {
        assertThat(outcome.status()).isZero();
        assertThat(outcome.err())
                .isEqualTo("ClaudeBench: not reported: this session has no task, or it was taken from it\n");
    }

    private List<Path> sessionFiles() throws IOException {
        Path directory = home.resolve(".claude/claudebench");
        if (!Files.exists(directory)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(directory)) {
            return files.toList();
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
