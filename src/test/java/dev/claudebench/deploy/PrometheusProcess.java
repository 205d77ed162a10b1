package dev.claudebench.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import com.fasterxml.jackson.databind.JsonNode;

import dev.claudebench.method.Json;
import dev.claudebench.support.Folders;
import io.restassured.RestAssured;

/** Prometheus with the configuration in deploy, except for the target and the intervals. */
final class PrometheusProcess implements AutoCloseable {
    private static final Duration TIMEOUT = Duration.ofSeconds(30);
    private static final Path FOLDER = Path.of("deploy", "prometheus");
    private static final Pattern LISTENING = Pattern.compile("\"Listening on\".* address=(\\S+)");

    private final Path dir;
    private final Process process;
    private final Thread shutdownHook;
    private final URI base;

    /**
     * Starts Prometheus, and waits until it is ready.
     *
     * @param key its API key
     */
    PrometheusProcess(URI target, String key) {
        String program = PrometheusTools.program("prometheus");
        try {
            dir = Files.createTempDirectory("prometheus");
            String config = Files.readString(FOLDER.resolve("prometheus.yml"));
            config = replace(config, "dns_sd_configs:.*?refresh_interval: \\S+",
                    "static_configs: [{targets: ['" + target.getAuthority() + "']}]");
            config = replace(config, "_interval: \\d+s", "_interval: 1s");
            config = replace(config, "credentials_file: \\S+",
                    "credentials_file: " + Files.writeString(dir.resolve("key"), key));
            Path file = Files.writeString(dir.resolve("prometheus.yml"), config);
            Files.copy(FOLDER.resolve("claudebench.rules.yml"), dir.resolve("claudebench.rules.yml"));
            process = new ProcessBuilder(program, "--config.file=" + file,
                    "--storage.tsdb.path=" + dir.resolve("data"), "--web.listen-address=127.0.0.1:0")
                    .redirectErrorStream(true)
                    .redirectOutput(dir.resolve("log").toFile())
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        shutdownHook = new Thread(process::destroyForcibly);
        Runtime.getRuntime().addShutdownHook(shutdownHook);
        try {
            base = URI.create("http://" + await("Prometheus to listen").atMost(TIMEOUT)
                    .failFast("Prometheus has exited", () -> !process.isAlive())
                    .until(this::address, address -> !address.isEmpty()));
            await("Prometheus to be ready").atMost(TIMEOUT)
                    .until(() -> RestAssured.get(base + "/-/ready").statusCode() == 200);
        } catch (RuntimeException | Error e) {
            e.addSuppressed(new IllegalStateException("log of Prometheus:\n" + log()));
            close();
            throw e;
        }
    }

    private static String replace(String config, String pattern, String replacement) {
        String replaced = Pattern.compile(pattern, Pattern.DOTALL).matcher(config).replaceAll(replacement);
        assertThat(replaced).as("with %s in it", pattern).isNotEqualTo(config);
        return replaced;
    }

    private String address() {
        Matcher line = LISTENING.matcher(log());
        return line.find() ? line.group(1) : "";
    }

    private String log() {
        try {
            return Files.readString(dir.resolve("log"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private JsonNode data(String path, String parameter, String value) {
        JsonNode answer = Json.read(RestAssured.given().queryParam(parameter, value).get(base + path).asString());
        assertThat(answer.path("status").asText()).as(answer.toString()).isEqualTo("success");
        return answer.get("data");
    }

    /** Returns the rules of a type, {@code alert} or {@code record}. */
    List<JsonNode> rules(String type) {
        List<JsonNode> rules = new ArrayList<>();
        data("/api/v1/rules", "type", type).get("groups").forEach(group -> group.get("rules").forEach(rules::add));
        return rules;
    }

    /** Evaluates an expression now. Returns a vector. */
    JsonNode query(String expression) {
        return data("/api/v1/query", "query", expression).get("result");
    }

    /** Returns the selectors and grouping labels of an expression that no series has. */
    Set<String> unknown(String text) {
        Expression expression = new Expression(text);
        Set<String> unknown = new TreeSet<>(expression.groupingLabels());
        for (String selector : expression.selectors()) {
            JsonNode series = data("/api/v1/series", "match[]", selector);
            if (series.isEmpty()) {
                unknown.add(selector);
            }
            series.forEach(labels -> labels.fieldNames().forEachRemaining(unknown::remove));
        }
        return unknown;
    }

    @Override
    public void close() {
        process.destroyForcibly().onExit().join();
        Runtime.getRuntime().removeShutdownHook(shutdownHook);
        Folders.delete(dir);
    }
}
