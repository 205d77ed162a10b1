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

/** README.md, as far as other tests go by it. */
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

    /** Every property of its table of settings, with its default. That those of ours are all there, ReadmeTest sees to. */
    public static Map<String, String> properties() {
        Map<String, String> defaults = new TreeMap<>();
        PROPERTY.matcher(text()).results().forEach(row -> defaults.put(row.group(1), row.group(2).strip()));
        return defaults;
    }

    /** The environment variables that set the properties that it names, and those properties. */
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
