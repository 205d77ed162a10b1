package dev.claudebench.cli;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

import com.fasterxml.jackson.databind.JsonNode;

import dev.claudebench.support.Cb;
import dev.claudebench.support.RedisProcess;
import dev.claudebench.support.Rpc;
import dev.claudebench.support.ServiceProcess;

/** A service, and workers of {@code cb work} in front of it. */
abstract class WorkerTest {
    static final Duration TIMEOUT = Duration.ofSeconds(30);
    static RedisProcess redis;
    static ServiceProcess service;

    @TempDir
    Path temp;
    Cb cb;
    Rpc rpc;

    @BeforeAll
    static void start() {
        redis = new RedisProcess().start();
        service = startService();
    }

    static ServiceProcess startService(String... options) {
        List<String> all = new ArrayList<>(List.of("-Dquarkus.redis.hosts=" + redis.uri(),
                "-Dclaudebench.rate-limit.\"system.register\".limit=0", "-Dclaudebench.task.backoff.first=10m"));
        all.addAll(List.of(options));
        return ServiceProcess.start(all.toArray(String[]::new));
    }

    @AfterAll
    static void stop() {
        service.close();
        redis.close();
    }

    @BeforeEach
    void empty() {
        redis.cli("FLUSHALL");
        cb = new Cb(temp, service.base());
        rpc = Rpc.of(service);
    }

    String create(String text, Object... params) {
        Rpc.Call call = rpc.call("task.create").with("text", text);
        for (int i = 0; i < params.length; i += 2) {
            call.with((String) params[i], params[i + 1]);
        }
        return call.result().get("id").asText();
    }

    JsonNode task(String id) {
        return rpc.call("task.get").with("taskId", id).result().get("task");
    }

    void awaitStatus(String id, String status) {
        await().atMost(TIMEOUT).until(() -> task(id).get("status").asText(), status::equals);
    }

    /** Starts a worker that runs a script of the shell for each task. */
    Cb.Run work(String script, String... options) {
        List<String> arguments = new ArrayList<>(List.of("work", "--id", "w1", "--heartbeat", "500ms"));
        arguments.addAll(List.of(options));
        arguments.addAll(List.of("--", "sh", "-c", script));
        return cb.start(arguments.toArray(String[]::new));
    }

    Path awaitFile(String name) {
        Path file = temp.resolve(name);
        await().atMost(TIMEOUT).until(() -> Files.exists(file) && !Files.readString(file).isEmpty());
        return file;
    }

    boolean isRunning(Path pidFile) throws IOException {
        return ProcessHandle.of(Long.parseLong(Files.readString(pidFile).strip()))
                .filter(ProcessHandle::isAlive)
                .isPresent();
    }

}
