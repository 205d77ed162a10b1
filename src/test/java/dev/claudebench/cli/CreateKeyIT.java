package dev.claudebench.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import dev.claudebench.support.RedisProcess;
import dev.claudebench.support.Rpc;
import dev.claudebench.support.ServiceProcess;

/** The packaged program makes keys for the key file. */
class CreateKeyIT {

    private record Outcome(int exit, String out, String err) {}

    @TempDir
    Path folder;

    private Outcome run(String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(
                List.of(ProcessHandle.current().info().command().orElseThrow(), "-Duser.home=" + folder, "-jar",
                        System.getProperty("claudebench.jar")));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command).redirectError(folder.resolve("err").toFile()).start();
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Outcome(process.waitFor(), out, Files.readString(folder.resolve("err")));
    }

    @Test
    void keyOpensTheServiceThatHasItsLine() throws IOException, InterruptedException {
        Outcome made = run("create-key", "alice", "--permission", "lead");
        assertThat(made.exit()).isZero();
        assertThat(made.out()).matches("alice lead [0-9a-f]{64}\n");
        assertThat(made.err()).matches("cb_alice_[A-Za-z0-9_-]{43}\n");
        assertThat(folder.resolve(".claudebench")).as("a Redis of the command").doesNotExist();

        Path keys = Files.writeString(folder.resolve("keys"), made.out());
        try (RedisProcess redis = new RedisProcess().start();
                ServiceProcess service = ServiceProcess.start("-Dquarkus.redis.hosts=" + redis.uri(),
                        "-Dclaudebench.security.key-file=" + keys)) {
            assertThat(Rpc.of(service)
                    .as(made.err().strip())
                    .call("task.create")
                    .with("text", "t")
                    .result()
                    .get("createdBy")
                    .asText()).isEqualTo("alice");
        }
    }

    @Test
    void keysAreAllDifferentAndForAgentsUnlessSaidOtherwise() throws IOException, InterruptedException {
        Outcome first = run("create-key", "alice");
        assertThat(first.out()).startsWith("alice agent ");
        assertThat(run("create-key", "alice").err()).isNotEqualTo(first.err());
    }

    @Test
    void keyMayBeForOneBench() throws IOException, InterruptedException {
        assertThat(run("--bench=alpha", "create-key", "alice").out())
                .matches("alice agent [0-9a-f]{64} bench=alpha\n");
        assertThat(run("create-key", "alice", "--bench", "beta").out()).endsWith(" bench=beta\n");
    }

    @ParameterizedTest
    @CsvSource({"create-key alice --bench No_Bench,--bench must match", "create-key Alice,the name must match",
            "create-key a_b,the name must match",
            "create-key,Missing required parameter: '<name>'",
            "create-key alice --permission boss,the permission must be one of",
            "create-key alice --json,create-key calls no service", "create-key alice --key-file k,leave out",
            "create-keys alice,Unmatched arguments", "--port 8081,Unknown option"})
    void wrongArgumentsAreNamed(String arguments, String error) throws IOException, InterruptedException {
        Outcome refused = run(arguments.split(" ", -1));
        assertThat(refused.exit()).isEqualTo(2);
        assertThat(refused.out()).isEmpty();
        assertThat(refused.err()).contains(error);
    }

    @Test
    void helpAndVersionStartNothing() throws IOException, InterruptedException {
        assertThat(run("--help").out()).contains("create-key", "without a command is the service");
        assertThat(run("--version").out()).matches("\\d+\\.\\d+\\.\\d+\\S*\n");
        assertThat(folder.resolve(".claudebench")).doesNotExist();
    }
}
