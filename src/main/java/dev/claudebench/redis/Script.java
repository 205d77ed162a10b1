package dev.claudebench.redis;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

/**
 * A Lua script of ours. Its text is read when somebody asks for more than its name, so that a start waits only for the few that
 * run then.
 */
public final class Script {
    private static final Pattern ERROR_LINE = Pattern.compile("user_script:(\\d+)");

    private final String name;
    /** Null until it is read. Two who read it at once read the same. */
    private volatile @Nullable ScriptText text;

    Script(String name, @Nullable ScriptText text) {
        this.name = name;
        this.text = text;
    }

    /**
     * A script, which may not be there at all: its text shows that. For a constant, since calls share runs by script, not by name.
     *
     * @param name that of a file under {@code /lua}, without its ending
     */
    public static Script named(String name) {
        return new Script(name, null);
    }

    /** The name of its file; also the tag of its metrics. */
    public String name() {
        return name;
    }

    /**
     * The whole text.
     *
     * @throws IllegalArgumentException when it cannot be put together: a file is missing, or an include is misspelt
     */
    public String source() {
        return text().source();
    }

    /** How {@code EVALSHA} names it. */
    public String sha1() {
        return text().sha1();
    }

    /** The text, with what one run of it takes. */
    ScriptText text() {
        ScriptText read = text;
        if (read == null) {
            read = ScriptText.read(name);
            text = read;
        }
        return read;
    }

    /** Whether one run may carry out several calls, each with a reply of its own in a list. */
    boolean takesCalls() {
        return text().arguments() > 0;
    }

    /** The line that an error of Redis speaks of: it counts them in the whole text, of which there is no file. */
    String lineOf(Throwable error) {
        Matcher number = ERROR_LINE.matcher(String.valueOf(error.getMessage()));
        return number.find()
                ? source().lines().skip(Long.parseLong(number.group(1)) - 1).findFirst().orElse("").strip()
                : "";
    }

    /** The name. */
    @Override
    public String toString() {
        return name;
    }
}
