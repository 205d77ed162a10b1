package dev.claudebench.deploy;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import dev.claudebench.deploy.PrometheusTools.Outcome;
import dev.claudebench.support.FleetTest;
import io.quarkus.test.junit.QuarkusTest;

/** Checks the configuration, the rules and the metrics with promtool. */
@QuarkusTest
class RulesTest extends FleetTest {
    private static final Path FOLDER = Path.of("deploy", "prometheus");
    private static final Path NO_INPUT = Path.of("/dev/null");

    @TempDir
    Path temporary;

    private static void succeeds(String... arguments) {
        Outcome outcome = PrometheusTools.promtool(NO_INPUT, arguments);
        assertThat(outcome.exitCode()).as(outcome.output()).isZero();
    }

    @Test
    void configurationIsValid() {
        // without the file of the key
        succeeds("check", "config", "--syntax-only", FOLDER.resolve("prometheus.yml").toString());
    }

    @Test
    void rulesAreValidAndUnique() {
        succeeds("check", "rules", "--lint=all", "--lint-fatal", FOLDER.resolve("claudebench.rules.yml").toString());
    }

    @Test
    void alertsFireAsExpected() {
        succeeds("test", "rules", FOLDER.resolve("claudebench.rules.test.yml").toString());
    }

    @Test
    void metricsFollowTheNamingConventions() throws IOException {
        register("w1", "worker");
        await().until(() -> metrics().contains("claudebench_fleet_events_total{"));
        Path ours = temporary.resolve("metrics");
        Files.writeString(ours, metrics().lines()
                .filter(line -> line.matches("(# (HELP|TYPE) )?claudebench_.*"))
                .collect(Collectors.joining("\n", "", "\n")));

        assertThat(PrometheusTools.promtool(ours, "check", "metrics")).isEqualTo(new Outcome(0, ""));
    }

    /** Returns the metrics in the text format, since promtool does not read OpenMetrics. */
    private static String metrics() {
        return given().accept("text/plain; version=0.0.4").get("/q/metrics").asString();
    }
}
