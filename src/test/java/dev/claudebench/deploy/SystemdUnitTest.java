package dev.claudebench.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

import org.junit.jupiter.api.Test;

class SystemdUnitTest {
    private final String unit = read("deploy/systemd/claudebench.service");

    private static String read(String file) {
        try {
            return Files.readString(Path.of(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<String> find(String pattern, String text) {
        return Pattern.compile(pattern, Pattern.MULTILINE).matcher(text).results().map(MatchResult::group).toList();
    }

    private String value(String setting) {
        List<String> lines = find("^" + setting + "=.*$", unit);
        assertThat(lines).as(setting).hasSize(1);
        return lines.get(0).substring(setting.length() + 1);
    }

    @Test
    void everyEnvironmentVariableIsAPropertyThatReadmeDocuments() {
        List<String> documented = find("^\\| `(claudebench|quarkus)\\.[^`]+`", read("README.md")).stream()
                .map(cell -> cell.substring(3, cell.length() - 1)
                        .replaceAll("[^A-Za-z0-9]", "_")
                        .toUpperCase(Locale.ROOT))
                .toList();
        List<String> used = find("(CLAUDEBENCH|QUARKUS)_[A-Z0-9_]+", unit);
        assertThat(used).isNotEmpty();
        assertThat(documented).containsAll(used);
    }

    @Test
    void whatTheServiceWritesIsInItsStateDirectory() {
        assertThat(value("ProtectSystem")).isEqualTo("strict");
        assertThat(unit)
                .contains("\nEnvironment=CLAUDEBENCH_EMBEDDED_REDIS_DATA_DIR=%S/" + value("StateDirectory") + "/");
    }

    @Test
    void serviceHasTheTimeToEndThatItMayTakeAndEndsItsRedisItself() {
        assertThat(Integer.parseInt(value("TimeoutStopSec"))).isGreaterThan(10);
        assertThat(value("KillMode")).isEqualTo("mixed");
    }
}
