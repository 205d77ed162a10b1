package dev.claudebench.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import com.fasterxml.jackson.databind.JsonNode;

import dev.claudebench.support.RpcClient;
import dev.claudebench.support.ServiceProcess;

class EmbeddedRedisIT {
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
    void killedServiceStartsAgainWithAllThatItAcknowledged() {
        ServiceProcess killed = start();
        RpcClient rpc = killed.rpc();
        rpc.result("system.register", "{'id':'keeper','roles':['leader'],'sessionId':'one'}");
        List<String> tasks = IntStream.range(0, 50)
                .mapToObj(i -> rpc.result("task.create", "{'text':'task " + i + "'}").get("id").textValue())
                .toList();
        long version = rpc.result("system.get_state", "{}").get("version").longValue();
        assertThat(servers()).hasSize(1);
        killed.kill();

        RpcClient again = start().rpc();

        JsonNode state = again.result("system.get_state", "{}");
        assertThat(state.get("version").longValue()).isGreaterThanOrEqualTo(version);
        assertThat(state.get("tasks").findValuesAsText("id")).containsExactlyElementsOf(tasks);
        assertThat(state.at("/leader/id").textValue()).isEqualTo("keeper");
        assertThat(again.result("system.register", "{'id':'keeper','roles':[],'sessionId':'two'}"))
                .as("still held by its session")
                .hasToString("{\"registered\":false}");
        assertThat(servers()).hasSize(1);
    }

    @Test
    void redisEndsWithTheServiceAndKeepsItsData() {
        ServiceProcess stopped = start();
        String task = stopped.rpc().result("task.create", "{'text':'kept'}").get("id").textValue();

        stopped.stop();

        await().until(() -> servers().isEmpty());
        assertThat(start().rpc().result("system.get_state", "{}").get("tasks").findValuesAsText("id"))
                .containsExactly(task);
    }

    @Test
    void secondServiceInTheSameDirectoryIsRefusedAndHarmsNothing() {
        ServiceProcess first = start();

        ServiceProcess second = launch();

        assertThat(second.awaitExit()).isNotZero();
        assertThat(second.log()).contains(dir.toString());
        assertThat(first.rpc().result("task.create", "{'text':'still works'}").get("status").textValue())
                .isEqualTo("pending");
        assertThat(servers()).hasSize(1);
    }

    private ServiceProcess start() {
        return launch().awaitReady();
    }

    private ServiceProcess launch() {
        ServiceProcess service = ServiceProcess.launch("-Dclaudebench.embedded-redis.data-dir=" + dir);
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
