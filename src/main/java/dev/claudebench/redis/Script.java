package dev.claudebench.redis;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

/**
 * A Lua script: an entry file under {@code /lua}, which may begin with flags for Redis ({@code #!lua}), with the steps that it includes. Read at the first run. Compared by identity, so
 * keep each in a constant.
 */
public final class Script {
    private static final Pattern INCLUDE = Pattern.compile("( *)--- @include (\\S+)");
    private static final Pattern ERROR_LINE = Pattern.compile("user_script:(\\d+)");

    private final String name;
    private final int callsInARun;
    private volatile @Nullable Text text;

    private Script(String name, int callsInARun) {
        this.name = name;
        this.callsInARun = callsInARun;
    }

    /** Returns a script of which one run executes several calls. */
    public static Script named(String name) {
        return new Script(name, 32);
    }

    /** Returns a script whose reply may be large, so that a run executes one call. */
    public static Script bulk(String name) {
        return new Script(name, 1);
    }

    /** Returns the name of the file without its extension, which is also the tag of its metrics. */
    public String name() {
        return name;
    }

    /** Returns a digest of all scripts with these names, in hexadecimal. Names without a script do not count. */
    public static String digest(Stream<String> names) {
        return Text.sha1(names.filter(name -> Script.class.getResource("/lua/" + name + ".lua") != null)
                .sorted()
                .map(name -> named(name).sha1())
                .collect(Collectors.joining()));
    }

    int callsInARun() {
        return callsInARun;
    }

    boolean isBulk() {
        return callsInARun == 1;
    }

    /**
     * Returns the text with all steps, without comments.
     *
     * @throws IllegalArgumentException if a file is missing or an include is misspelt
     */
    public String source() {
        return text().source();
    }

    /** Returns the digest that {@code EVALSHA} takes. Different releases can use one Redis, since it depends on the content. */
    public String sha1() {
        return text().sha1();
    }

    /** Returns the line of the text whose number an error of Redis contains, empty if there is none. */
    String lineOf(String error) {
        Matcher number = ERROR_LINE.matcher(error);
        return number.find()
                ? source().lines().skip(Long.parseLong(number.group(1)) - 1).findFirst().orElse("").strip()
                : "";
    }

    /** Returns the same script with another text. */
    Script withSource(String source) {
        Script other = new Script(name, callsInARun);
        other.text = new Text(source, Text.sha1(source));
        return other;
    }

    private Text text() {
        Text read = text;
        if (read == null) {
            read = Text.of(name);
            text = read;
        }
        return read;
    }

    private record Text(String source, String sha1) {
        static Text of(String name) {
            StringBuilder source = new StringBuilder();
            include(name, source, new HashSet<>());
            return new Text(source.toString(), sha1(source.toString()));
        }

        /**
         * Replaces a line {@code --- @include step/x} by that file, relative to the current one, unless it was included before. The
         * scope of an indented include is the function that it is in. Redis creates the functions of a script again in each run, so a
         * rarely used step is included only in the function that uses it.
         */
        private static void include(String path, StringBuilder source, Set<String> included) {
            if (!included.add(path)) {
                return;
            }
            String folder = path.substring(0, path.lastIndexOf('/') + 1);
            for (String line : read(path).lines().toList()) {
                Matcher include = INCLUDE.matcher(line);
                if (include.matches()) {
                    boolean isNested = !include.group(1).isEmpty();
                    include(folder + include.group(2), source, isNested ? new HashSet<>(included) : included);
                } else if (line.strip().startsWith("---")) {
                    throw new IllegalArgumentException("not an include, in " + path + ": " + line);
                } else if (!line.strip().startsWith("--")) {
                    source.append(line).append('\n');
                }
            }
        }

        private static String read(String path) {
            try (InputStream file = Script.class.getResourceAsStream("/lua/" + path + ".lua")) {
                if (file == null) {
                    throw new IllegalArgumentException("no script /lua/" + path + ".lua");
                }
                return new String(file.readAllBytes(), StandardCharsets.UTF_8);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        private static String sha1(String text) {
            try {
                byte[] digest = MessageDigest.getInstance("SHA-1").digest(text.getBytes(StandardCharsets.UTF_8));
                return HexFormat.of().formatHex(digest);
            } catch (NoSuchAlgorithmException e) {
                throw new IllegalStateException("every Java platform has SHA-1", e);
            }
        }
    }
}
