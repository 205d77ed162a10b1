package dev.claudebench.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import com.fasterxml.jackson.databind.JsonNode;

import dev.claudebench.support.Rpc;
import dev.claudebench.support.ServiceProcess;

@Tag("embedded")
class EmbeddedRedisIT {
    private static final String UNLIMITED = "-Dclaudebench.rate-limit.\"task.create\".limit=0";

    private final List<ServiceProcess> services = new ArrayList<>();
    private Path dir;

    @BeforeEach
    void directory(@TempDir Path temp) throws IOException {
        dir = temp.toRealPath().resolve("redis");
    }

    @AfterEach
    void endAll() {
        services.forEach(ServiceProcess::close);
        servers().forEach(ProcessHandle::destroyForcibly);
        await().until(() -> servers().isEmpty());
    }

    @Test
    void killedServiceStartsWithAllAcknowledgedWrites() {
        ServiceProcess killed = start();
        assertThat(killed.log()).containsPattern("Embedded Redis is " + dir + "/redis-server-\\S+, Redis 7\\.0\\.15");
        Rpc rpc = Rpc.of(killed);
        rpc.call("system.register")
                .with("id", "keeper")
                .with("roles", List.of("leader"))
                .with("sessionId", "one")
                .result();
        List<String> tasks = IntStream.range(0, 50)
                .mapToObj(i -> rpc.call("task.create").with("text", "task " + i).result().get("id").textValue())
                .toList();
        long version = rpc.call("system.get_state").result().get("version").longValue();
        assertThat(servers()).hasSize(1);
        killed.kill();

        Rpc again = Rpc.of(start());

        JsonNode state = again.call("system.get_state").result();
        assertThat(state.get("version").longValue()).isGreaterThanOrEqualTo(version);
        assertThat(state.get("tasks").findValuesAsText("id")).containsExactlyElementsOf(tasks);
        assertThat(state.at("/leader/id").textValue()).isEqualTo("keeper");
        assertThat(again.call("system.register")
                .with("id", "keeper")
                .with("roles", List.of())
                .with("sessionId", "two")
                .result())
                .as("still held by its session")
                .hasToString("{\"registered\":false}");
        assertThat(servers()).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"everysec", "always"})
    void serviceKilledUnderLoadStartsWithAllAcknowledgedWrites(String appendFsync) {
        ServiceProcess killed = start(UNLIMITED, "-Dclaudebench.embedded-redis.append-fsync=" + appendFsync);
        Rpc.of(killed)
                .call("system.register")
                .with("id", "keeper")
                .with("roles", List.of("leader"))
                .with("sessionId", "one")
                .result();
        TaskLoad load = new TaskLoad(Rpc.of(killed));
        try (load) {
            await().until(() -> load.acknowledged().size() > 500);
            killed.kill();
            await().until(load::ended);
        }

        Rpc again = Rpc.of(start(UNLIMITED));

        Set<String> tasks = allTasks(again);
        assertThat(tasks).containsAll(load.acknowledged());
        assertThat(load.acknowledged()).as("unacknowledged calls were in flight")
                .containsAll(minus(tasks, load.broken()));
        assertThat(again.call("system.heartbeat").with("instanceId", "keeper").with("sessionId", "one").result())
                .hasToString("{\"alive\":true}");
    }

    private static Set<String> minus(Set<String> all, Set<String> some) {
        return all.stream().filter(one -> !some.contains(one)).collect(Collectors.toSet());
    }

    private static Set<String> allTasks(Rpc rpc) {
        return rpc.call("task.list")
                .with("limit", 1000)
                .pages()
                .stream()
                .flatMap(page -> page.get("tasks").valueStream())
                .map(task -> task.get("text").asText())
                .collect(Collectors.toSet());
    }

    @Test
    void redisStopsWithTheServiceAndKeepsItsData() {
        ServiceProcess stopped = start();
        String task = Rpc.of(stopped).call("task.create").with("text", "kept").result().get("id").textValue();

        stopped.stop();

        await().until(() -> servers().isEmpty());
        assertThat(Rpc.of(start()).call("system.get_state").result().get("tasks").findValuesAsText("id"))
                .containsExactly(task);
    }

    @Test
    void damagedEndOfTheDataIsCutOffAndLogged() throws IOException {
        ServiceProcess first = start();
        String task = Rpc.of(first).call("task.create").with("text", "kept").result().get("id").textValue();
        first.stop();
        Path file = dir.resolve("appendonlydir/appendonly.aof.1.incr.aof");
        Files.write(file, new byte[512], StandardOpenOption.APPEND);

        ServiceProcess second = start();

        assertThat(Rpc.of(second).call("system.get_state").result().get("tasks").findValuesAsText("id"))
                .containsExactly(task);
        assertThat(second.log()).containsOnlyOnce("WARN")
                .containsPattern("WARN .* of " + file + " .* cut off 512 bytes.* in " + file + "\\.cut-off-\\d+");
    }

    @Test
    void secondServiceInTheSameDirectoryIsRefused() {
        ServiceProcess first = start();

        ServiceProcess second = launch();

        assertThat(second.awaitExit()).isNotZero();
        assertThat(second.log()).contains(dir.toString());
        assertThat(Rpc.of(first).call("task.create").with("text", "still works").result().get("status").textValue())
                .isEqualTo("pending");
        assertThat(servers()).hasSize(1);
    }

    private ServiceProcess start(String... options) {
        return launch(options).awaitReady();
    }

    private ServiceProcess launch(String... options) {
        List<String> all = new ArrayList<>(List.of(options));
        all.add("-Dclaudebench.embedded-redis.data-dir=" + dir);
        all.add("-Dclaudebench.embedded-redis.program=shipped");
        ServiceProcess service = ServiceProcess.launch(all.toArray(String[]::new));
        services.add(service);
        return service;
    }

    /** The servers that run the program of our directory; there the service installs its own copy. */
    private List<ProcessHandle> servers() {
        return ProcessHandle.allProcesses()
                .filter(process -> process.info().command().orElse("").startsWith(dir.toString()))
                .toList();
    }
}
