package dev.claudebench.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import dev.claudebench.support.RedisProcess;
import dev.claudebench.support.Rpc;
import dev.claudebench.support.ServiceProcess;
import dev.claudebench.support.SseClient;
import io.restassured.response.Response;

/** The packaged service reads its key file again when it changes, and tells nobody what is in it. */
class KeyFileIT {
    private static final Duration SOON = Duration.ofSeconds(5);
    private static final String OLD = ApiKey.newKey("alice");
    private static final String NEW = ApiKey.newKey("alice");

    @TempDir
    Path folder;
    private Path file;
    private RedisProcess redis;
    private ServiceProcess service;

    @BeforeEach
    void start() throws IOException {
        file = folder.resolve("keys");
        write("# of the test", "", ApiKey.entry(OLD, "agent"));
        redis = new RedisProcess().start();
        service = ServiceProcess.start("-Dquarkus.redis.hosts=" + redis.uri(),
                "-Dclaudebench.security.key-file=" + file);
    }

    @AfterEach
    void stop() {
        try (RedisProcess server = redis; ServiceProcess process = service) {
            assertThat(server.uri()).isNotNull();
            assertThat(process.log()).doesNotContain("\tat ");
        }
    }

    private void write(String... lines) throws IOException {
        // as Kubernetes does: a file that is there at once, or not at all
        Path next = Files.write(folder.resolve("next"), List.of(lines));
        Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);
    }

    /** Returns 401, or 404 for a valid key. */
    private int statusWith(String key) {
        Response answer = Rpc.of(service).as(key).http().get("/no-such-path");
        // frees the connection
        answer.asByteArray();
        return answer.statusCode();
    }

    @Test
    void oneKeyReplacesAnotherWithoutARestart() throws IOException {
        assertThat(statusWith(OLD)).isEqualTo(404);
        assertThat(statusWith(NEW)).isEqualTo(401);

        write(ApiKey.entry(OLD, "agent"), ApiKey.entry(NEW, "agent"));
        await().atMost(SOON).until(() -> statusWith(NEW) == 404);
        assertThat(statusWith(OLD)).isEqualTo(404);

        try (SseClient withOld = SseClient.followAs(service.base(), OLD);
                SseClient withNew = SseClient.followAs(service.base(), NEW)) {
            withOld.awaitPosition();
            withNew.awaitPosition();
            write(ApiKey.entry(NEW, "agent"));
            await().atMost(SOON).until(() -> statusWith(OLD) == 401);
            withOld.awaitEnd();
            Rpc.of(service).as(NEW).call("system.register").with("id", "w1").with("roles", List.of()).result();
            assertThat(withNew.next().event()).isEqualTo("instance.registered");
        }
    }

    @Test
    void claimThatWaitsIsNotServedAfterItsKeyWasRevoked() throws IOException {
        Rpc alice = Rpc.of(service).as(OLD);
        alice.call("system.register").with("id", "w1").with("roles", List.of("worker")).result();
        var waiting = alice.call("task.claim").with("workerId", "w1").with("waitMs", 30_000).responseLater();
        write(ApiKey.entry(NEW, "lead"));
        await().atMost(SOON).until(() -> statusWith(OLD) == 401);

        String task = Rpc.of(service).as(NEW).call("task.create").with("text", "t").result().get("id").asText();

        assertThat(waiting.join().at("/result/claimed").booleanValue()).isFalse();
        assertThat(redis.cli("HGET", "cb:task:" + task, "status")).isNotEqualTo("in_progress");
    }

    @Test
    void fileThatBecomesWrongChangesNothing() throws IOException {
        write(NEW);
        await().atMost(SOON).until(() -> service.log().contains("The API keys stay as they are"));
        assertThat(statusWith(OLD)).isEqualTo(404);
        assertThat(service.log()).contains(file + ":1: must be a name").doesNotContain(NEW);
        write(ApiKey.entry(NEW, "agent") + " limit=system.register:3 limit=task.creat:3");
        await().atMost(SOON)
                .until(() -> service.log().contains(":1: limit=: no method 'task.creat', the nearest is task.create"));
        write(ApiKey.entry(NEW, "agent") + " limit=task.create:3 limit=task.create:4");
        await().atMost(SOON).until(() -> service.log().contains("option 2 is a second limit of its method"));
        assertThat(statusWith(NEW)).isEqualTo(401);
        Files.delete(file);
        await().atMost(SOON).until(() -> service.log().contains("there is no such file"));
        assertThat(statusWith(OLD)).isEqualTo(404);
    }

    @Test
    void logNamesWhoHasChangedWhat() throws IOException {
        String lead = ApiKey.newKey("lena");
        write(ApiKey.entry(OLD, "agent"), ApiKey.entry(lead, "lead"));
        await().atMost(SOON).until(() -> statusWith(lead) == 404);
        String task = Rpc.of(service).as(lead).call("task.create").with("text", "t").result().get("id").asText();
        Rpc.of(service).as(lead).call("task.cancel").with("taskId", task).result();
        Rpc.of(service).as(OLD).call("task.cancel").with("taskId", task).error(-32003);
        Rpc.of(service).as(OLD).call("system.register").with("id", "w1").with("roles", List.of()).result();
        statusWith(NEW);

        assertThat(service.log().lines().filter(line -> line.contains("call: method="))).hasSize(2)
                .anyMatch(line -> line.contains("method=task.create by=\"user:lena\" of={}"))
                .anyMatch(
                        line -> line.contains("method=task.cancel by=\"user:lena\" of={\"taskId\":\"" + task + "\"}"));
        assertThat(service.log()).contains("credentials refused: address=127.0.0.1 path=\"/no-such-path\"");
    }

    @Test
    void noSecretIsInTheLogAnErrorAMetricOrACommandLine() throws IOException {
        Rpc alice = Rpc.of(service).as(OLD);
        String wrong = ApiKey.newKey("alice");
        String seen = alice.call("system.register").with("id", "w1").with("roles", List.of()).response().toString()
                + alice.call("task.create").with("text", "t").response()
                + Rpc.of(service).as(wrong).http().post("/rpc").asString()
                + Rpc.of(service).as(wrong).http().get("/events").asString()
                + alice.http().get("/q/metrics").asString()
                + alice.http().header("Last-Event-ID", "x").get("/events").asString()
                + commandLines() + service.log() + redis.cli("KEYS", "*");
        for (String secret : List.of(OLD, wrong, ApiKey.sha256(OLD), ApiKey.sha256(wrong))) {
            assertThat(seen).doesNotContain(secret).doesNotContain(secret.substring(secret.length() - 32));
        }
    }

    private static String commandLines() throws IOException {
        StringBuilder all = new StringBuilder();
        try (Stream<Path> processes = Files.list(Path.of("/proc"))) {
            for (Path process : processes.filter(path -> path.getFileName().toString().matches("\\d+")).toList()) {
                try {
                    all.append(Files.readString(process.resolve("cmdline")));
                } catch (IOException e) {
                    // it has ended
                    assertThat(process.resolve("cmdline")).doesNotExist();
                }
            }
        }
        return all.toString();
    }
}
