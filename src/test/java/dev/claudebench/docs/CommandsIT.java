package dev.claudebench.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import dev.claudebench.docs.Pages.Block;
import dev.claudebench.support.RedisProcess;
import dev.claudebench.support.ServiceProcess;
import dev.claudebench.support.TlsFiles;

/**
 * Runs every shell block of README.md, CONTRIBUTING.md and docs, in its order on the page, as a reader with an empty home directory
 * does who has built the service. A {@code json} block that follows is what the command prints; of a {@code text} block, the first
 * line is. Without {@code bash}, {@code curl}, {@code redis-cli} and {@code openssl} the tests are skipped, and fail with {@code CI} set.
 */
@Tag("embedded")
class CommandsIT {
    private static final Pattern START = Pattern.compile("java \\S+ -jar target/quarkus-app/quarkus-run.jar\\s*$");
    private static final String DEFAULT_START = "java -XX:+ExitOnOutOfMemoryError -jar target/quarkus-app/quarkus-run.jar";

    /** Commands that are not run, with the reason. */
    private static final Map<Pattern, String> NOT_RUN = Map.of(
            Pattern.compile("\\./mvnw .*"), "builds: they take minutes, and CI runs them",
            Pattern.compile("src/benchmark/run.*"), "takes most of an hour",
            Pattern.compile("git tag .*|src/release/run .*"), "change the repository; ReleaseIT runs them in a clone",
            Pattern.compile("(claude|gemini) mcp add .*"), "need these agents; McpClientsIT runs clients of MCP");

    @TempDir
    Path folder;

    private Path home;
    private RedisProcess redis;
    private Shell shell;
    private ServiceProcess service;

    static Stream<Path> pages() {
        return Pages.withCommands();
    }

    @BeforeAll
    static void needPrograms() {
        List<String> path = List.of(System.getenv("PATH").split(File.pathSeparator));
        boolean isThere = Stream.of("bash", "curl", "redis-cli", "openssl")
                .allMatch(name -> path.stream().anyMatch(each -> Files.isExecutable(Path.of(each, name))));
        Assumptions.assumeTrue(isThere || System.getenv("CI") != null,
                "bash, curl, redis-cli or openssl is not installed");
    }

    @BeforeEach
    void openAShell() throws Exception {
        home = Files.createDirectories(folder.resolve("home"));
        for (String each : List.of("target", "deploy")) {
            Files.createSymbolicLink(folder.resolve(each), Path.of(each).toAbsolutePath());
        }
        TlsFiles tls = TlsFiles.make(Files.createDirectory(folder.resolve("tls")));
        Files.copy(tls.certificate(), folder.resolve("ca.pem"));
        redis = RedisProcess.withTls("--tls-cert-file", tls.certificate().toString(), "--tls-key-file",
                tls.key().toString(), "--tls-auth-clients", "no").start();
        redis.cli("CONFIG", "SET", "requirepass", "secret");
        shell = new Shell(folder, home);
    }

    @AfterEach
    void close() {
        stopService();
        shell.close();
        redis.close();
    }

    private void stopService() {
        if (service != null) {
            service.stop();
            service.close();
        }
    }

    @ParameterizedTest
    @MethodSource("pages")
    @Timeout(value = 180, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void commandsOfAPageWork(Path page) throws IOException {
        List<Block> blocks = Pages.blocks(page);
        for (int i = 0; i < blocks.size(); i++) {
            Block block = blocks.get(i);
            if (!block.language().equals("sh") || isNotRun(block)) {
                continue;
            }
            if (START.matcher(block.text()).find()) {
                start(block.text());
                continue;
            }
            String output = run(block);
            Block next = i + 1 < blocks.size() ? blocks.get(i + 1) : block;
            if (next.language().equals("json")) {
                assertThat(output.strip()).as(block.text()).isEqualTo(next.text().strip());
            } else {
                assertThat(output).as(block.text()).doesNotContain("\"jsonrpc\":\"2.0\",\"error\"");
            }
            if (next.language().equals("text")) {
                assertThat(output).as(block.text()).contains(next.text().lines().findFirst().orElseThrow());
            }
        }
    }

    private static boolean isNotRun(Block block) {
        return block.text()
                .strip()
                .lines()
                .allMatch(line -> NOT_RUN.keySet().stream().anyMatch(each -> each.matcher(line).matches()));
    }

    /** Starts the service by a command of the page, on a free port and with the data directory in the home of the reader. */
    private void start(String command) {
        stopService();
        service = ServiceProcess.launchCommand(folder, command.replace("10.0.0.5:6379", redis.uri().getAuthority())
                .replace("redis.example:6380", redis.tlsUri().getAuthority()),
                Map.of("QUARKUS_HTTP_PORT", "0", "QUARKUS_HTTP_SSL_PORT", "0",
                        "CLAUDEBENCH_EMBEDDED_REDIS_DATA_DIR", home.resolve(".claudebench/redis").toString(),
                        // the death of an instance is awaited
                        "CLAUDEBENCH_INSTANCE_TTL", "12s"))
                .awaitReady();
    }

    private String run(Block block) throws IOException {
        if (service == null) {
            start(DEFAULT_START);
        }
        String tls = block.text().contains("127.0.0.1:8443") ? service.tlsAuthority() : "";
        return shell.run(block.text()
                .replace("127.0.0.1:8443", tls)
                .replace("127.0.0.1:8080", service.base().getAuthority())
                .replace("10.0.0.5:6379", redis.uri().getAuthority())
                .replace("cb_alice_…", shell.lastError("cb_alice_\\S+")));
    }

    @Test
    void blocksNameTheirLanguage() {
        assertThat(Pages.withCommands()).hasSizeGreaterThan(8)
                .allSatisfy(page -> assertThat(Pages.blocks(page)).as(page.toString())
                        .extracting(Block::language)
                        .isSubsetOf("sh", "json", "text", "mermaid", "properties", "toml"));
    }
}
