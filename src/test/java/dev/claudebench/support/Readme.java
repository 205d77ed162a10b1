package dev.claudebench.support;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

import org.jspecify.annotations.NullMarked;

/** The parts of README.md that tests compare with the service. */
@NullMarked
public final class Readme {
    private static final Pattern PROPERTY = Pattern.compile(
            "^\\| `((?:claudebench|quarkus)\\.[^`]+)` \\| `?([^`|]*)`? \\|",
            Pattern.MULTILINE);
    private static final Pattern MENTION = Pattern.compile("`((?:claudebench|quarkus)\\.[^`]+)`");

    private Readme() {}

    public static String text() {
        try {
            return Files.readString(Path.of("README.md"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns the properties in the table of settings with their defaults. ReadmeTest checks that all of the service are listed. */
    public static Map<String, String> properties() {
        Map<String, String> defaults = new TreeMap<>();
        PROPERTY.matcher(text()).results().forEach(row -> defaults.put(row.group(1), row.group(2).strip()));
        return defaults;
    }

    /** Returns the properties that the README mentions, by their environment variables. */
    public static Map<String, String> variables() {
        Map<String, String> properties = new TreeMap<>();
        MENTION.matcher(text())
                .results()
                .map(mention -> mention.group(1))
                .forEach(property -> properties.put(property.replaceAll("[^A-Za-z0-9]", "_").toUpperCase(Locale.ROOT),
                        property));
        return properties;
    }
}
