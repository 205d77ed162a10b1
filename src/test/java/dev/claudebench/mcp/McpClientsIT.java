package dev.claudebench.mcp;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import com.fasterxml.jackson.databind.JsonNode;

import dev.claudebench.method.Json;
import dev.claudebench.support.RedisProcess;
import dev.claudebench.support.Rpc;
import dev.claudebench.support.ServiceProcess;

/**
 * The official clients of MCP, in the versions of {@code src/test/mcp}, work with two replicas in turns. Needs {@code node} and
 * {@code npm}, which installs the clients; without them the tests are skipped, and fail with {@code CI} set.
 */
class McpClientsIT {
    private static final Path SOURCES = Path.of("src/test/mcp");
    private static RedisProcess redis;
    private static List<ServiceProcess> replicas = List.of();
    @TempDir
    static Path clients;

    private record Output(int exit, String out, String err) {}

    @BeforeAll
    static void start() throws Exception {
        Assumptions.assumeTrue(System.getenv("CI") != null || hasNode(), "node and npm are not installed");
        for (String file : List.of("package.json", "package-lock.json", "clients.mjs")) {
            Files.copy(SOURCES.resolve(file), clients.resolve(file));
        }
        Output installed = run("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund");
        assertThat(installed.exit()).as(installed.toString()).isZero();
        redis = new RedisProcess().start();
        replicas = Stream.of(1, 2)
                .map(number -> ServiceProcess.launch("-Dquarkus.redis.hosts=" + redis.uri()))
                .toList();
        replicas.forEach(ServiceProcess::awaitReady);
    }

    @AfterAll
    static void stop() {
        replicas.forEach(ServiceProcess::close);
        if (redis != null) {
            redis.close();
        }
    }

    private static boolean hasNode() throws InterruptedException {
        try {
            return run("npm", "--version").exit() == 0 && run("node", "--version").exit() == 0;
        } catch (IOException e) {
            return false;
        }
    }

    private static Output run(String... command) throws IOException, InterruptedException {
        Path out = Files.createTempFile(clients, "out", ".txt");
        Path err = Files.createTempFile(clients, "err", ".txt");
        Process process = new ProcessBuilder(command).directory(clients.toFile())
                .redirectOutput(out.toFile())
                .redirectError(err.toFile())
                .start();
        if (!process.waitFor(3, TimeUnit.MINUTES)) {
            process.destroyForcibly();
            throw new IllegalStateException(Arrays.toString(command) + " does not end: " + Files.readString(err));
        }
        return new Output(process.exitValue(), Files.readString(out), Files.readString(err));
    }

    private static String address(ServiceProcess replica) {
        return replica.base().resolve("/mcp").toString();
    }

    @ParameterizedTest
    @ValueSource(strings = {"sdk", "client", "client-auto", "client-pinned"})
    void clientWorksOnATask(String client) throws Exception {
        List<String> command = new ArrayList<>(List.of("node", "clients.mjs", client));
        replicas.forEach(replica -> command.add(address(replica)));
        Output output = run(command.toArray(String[]::new));
        assertThat(output.exit()).as(output.toString()).isZero();
        assertThat(output.err()).isEmpty();
        Map<String, JsonNode> steps = new HashMap<>();
        output.out().lines().map(Json::read).forEach(step -> steps.put(step.get("step").textValue(), step));

        assertThat(step(steps, "connect").get("server").textValue()).isEqualTo("claudebench");
        assertThat(step(steps, "connect").get("session").isNull()).isTrue();
        assertThat(step(steps, "tools").get("names")).extracting(JsonNode::textValue).contains("task_claim");
        assertThat(step(steps, "system_register").at("/result/registered").booleanValue()).isTrue();
        assertThat(step(steps, "task_claim").at("/result/task/text").textValue())
                .isEqualTo("for " + client + ": \"é\"");
        assertThat(step(steps, "task_progress").get("isError").booleanValue()).isFalse();
        assertThat(step(steps, "task_complete").at("/result/status").textValue()).isEqualTo("completed");
        assertThat(step(steps, "task_get").get("isError").booleanValue()).isTrue();
        assertThat(step(steps, "task_get").at("/result/data/reason").textValue()).isEqualTo("task_not_found");
        assertThat(step(steps, "resource").get("status").textValue()).isEqualTo("completed");
        assertThat(step(steps, "prompt").get("text").booleanValue()).isTrue();
        assertThat(step(steps, "system_unregister").at("/result/unregistered").booleanValue()).isTrue();
        assertThat(step(steps, "requests").get("replicas")).hasSize(2)
                .allSatisfy(requests -> assertThat(requests.intValue()).isGreaterThanOrEqualTo(5));
        assertThat(Rpc.of(replicas.get(0)).call("system.get_state").result().at("/totals/instances").intValue())
                .isZero();
    }

    private static JsonNode step(Map<String, JsonNode> steps, String name) {
        return Objects.requireNonNull(steps.get(name), name);
    }

    @Test
    void inspectorListsTheToolsWithoutAWarning() throws Exception {
        Output output = run("node", "node_modules/@modelcontextprotocol/inspector-cli/build/cli.js", "--cli",
                address(replicas.get(0)), "--transport", "http", "--method", "tools/list");
        assertThat(output.exit()).as(output.toString()).isZero();
        assertThat(output.err()).isEmpty();
        assertThat(Json.read(output.out()).get("tools").size())
                .isEqualTo(Rpc.of(replicas.get(0)).call("rpc.discover").result().get("methods").size());
    }
}
