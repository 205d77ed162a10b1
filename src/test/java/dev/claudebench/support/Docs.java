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

/** The pages in docs/ that tests compare with the service. */
@NullMarked
public final class Docs {
    private static final Pattern PROPERTY = Pattern.compile(
            "^\\| `((?:claudebench|quarkus)\\.[^`]+)` \\| `?([^`|]*)`? \\|",
            Pattern.MULTILINE);
    private static final Pattern MENTION = Pattern.compile("`((?:claudebench|quarkus)\\.[^`]+)`");

    private Docs() {}

    /** Returns the text of a page, such as {@code methods.md}. */
    public static String text(String page) {
        try {
            return Files.readString(Path.of("docs", page));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String configuration() {
        return text("configuration.md");
    }

    /** Returns the properties in the tables of settings with their defaults. DocsTest checks that all of the service are listed. */
    public static Map<String, String> properties() {
        Map<String, String> defaults = new TreeMap<>();
        PROPERTY.matcher(configuration()).results().forEach(row -> defaults.put(row.group(1), row.group(2).strip()));
        return defaults;
    }

    /** Returns the properties that the page of settings mentions, by their environment variables. */
    public static Map<String, String> variables() {
        Map<String, String> properties = new TreeMap<>();
        MENTION.matcher(configuration())
                .results()
                .map(mention -> mention.group(1))
                .forEach(property -> properties.put(property.replaceAll("[^A-Za-z0-9]", "_").toUpperCase(Locale.ROOT),
                        property));
        return properties;
    }
}
