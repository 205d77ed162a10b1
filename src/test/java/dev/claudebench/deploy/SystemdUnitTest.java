package dev.claudebench.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

import org.junit.jupiter.api.Test;

import dev.claudebench.support.Docs;

class SystemdUnitTest {
    private final String unit;

    SystemdUnitTest() throws IOException {
        unit = Files.readString(Path.of("deploy/systemd/claudebench.service"));
    }

    private List<String> find(String pattern) {
        return Pattern.compile(pattern, Pattern.MULTILINE).matcher(unit).results().map(MatchResult::group).toList();
    }

    private String value(String setting) {
        List<String> lines = find("^" + setting + "=.*$");
        assertThat(lines).as(setting).hasSize(1);
        return lines.get(0).substring(setting.length() + 1);
    }

    @Test
    void everyEnvironmentVariableIsADocumentedProperty() {
        assertThat(find("(CLAUDEBENCH|QUARKUS)_[A-Z0-9_]+")).isNotEmpty().isSubsetOf(Docs.variables().keySet());
    }

    @Test
    void dataIsInTheStateDirectory() {
        assertThat(value("ProtectSystem")).isEqualTo("strict");
        assertThat(unit)
                .contains("\nEnvironment=CLAUDEBENCH_EMBEDDED_REDIS_DATA_DIR=%S/" + value("StateDirectory") + "/");
    }

    @Test
    void serviceStopsItsRedisItselfWithinTheTimeout() {
        assertThat(Integer.parseInt(value("TimeoutStopSec"))).isGreaterThan(10);
        assertThat(value("KillMode")).isEqualTo("mixed");
    }
}
