package dev.claudebench.redis;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The text of a Lua script, put together from an entry file under {@code /lua} and the steps that it includes.
 *
 * @param source the whole text
 * @param sha1 how {@code EVALSHA} names it: by content, so two releases do not disturb each other
 * @param settings how many arguments are the same for all calls that one run may carry out
 * @param arguments how many follow for each call, 0 for a script that is a call of its own, with any number of them
 */
record ScriptText(String source, String sha1, int settings, int arguments) {
    private static final String ROOT = "/lua/";
    private static final Pattern INCLUDE = Pattern.compile("--- @include (\\S+)");
    private static final Pattern ON_DEMAND = Pattern.compile("--- @on-demand (\\S+) (\\w+)");
    private static final String ONCE = "--- @once";
    private static final Pattern EACH_CALL = Pattern.compile("--- @each-call (\\w+) (\\d+) (\\d+)");
    private static final Pattern CALLS = Pattern.compile("return step.eachCall\\(\\w+, (\\d+), (\\d+)\\)\n$");
    /** The lines of each file: many scripts include the same ones. */
    private static final Map<String, List<String>> FILES = new ConcurrentHashMap<>();

    /**
     * Reads a script. A line {@code --- @include step/x} stands for that file, relative to the one it is in; a file that was
     * included before is not included again.
     *
     * <p>
     * Defining functions costs Redis time in every run, whether or not they are called. A line {@code --- @on-demand step/x f}
     * stands for a function {@code step.f} that, when it is first called, defines all that the file does, {@code step.f} among
     * it; unless the file was included before. Locals of the file are not seen by others then, so one that keeps something for all of
     * them says {@code --- @once}: it has to be included before.
     *
     * <p>
     * A last line {@code --- @each-call f 3 4} makes a script that carries out any number of calls at once, and gives a list of
     * their replies: {@code f} is called with four arguments for each, after three that are the same for all.
     *
     * @throws IllegalArgumentException when a file is missing, an include is misspelt, or a file is included on demand that
     *         has to be there once
     */
    static ScriptText read(String name) {
        StringBuilder source = new StringBuilder();
        include(name, source, new HashSet<>(), false);
        String text = source.toString();
        Matcher calls = CALLS.matcher(text);
        return calls.find()
                ? new ScriptText(text, sha1(text), Integer.parseInt(calls.group(1)), Integer.parseInt(calls.group(2)))
                : new ScriptText(text, sha1(text), 0, 0);
    }

    private static void include(String path, StringBuilder source, Set<String> included, boolean onDemand) {
        if (!included.add(path)) {
            return;
        }
        String folder = path.substring(0, path.lastIndexOf('/') + 1);
        for (String line : FILES.computeIfAbsent(path, ScriptText::readLines)) {
            if (line.startsWith("---")) {
                follow(line, path, folder, source, included, onDemand);
            } else if (!line.startsWith("--")) {
                source.append(line).append('\n');
            }
        }
    }

    private static void follow(String line, String path, String folder, StringBuilder source, Set<String> included,
            boolean onDemand) {
        Matcher include = INCLUDE.matcher(line);
        Matcher later = ON_DEMAND.matcher(line);
        Matcher calls = EACH_CALL.matcher(line);
        if (include.matches()) {
            include(folder + include.group(1), source, included, onDemand);
        } else if (later.matches()) {
            includeOnDemand(folder + later.group(1), later.group(2), source, included);
        } else if (calls.matches()) {
            include("step/each_call", source, included, false);
            source.append(calls.replaceFirst("return step.eachCall($1, $2, $3)\n"));
        } else if (!line.equals(ONCE)) {
            throw new IllegalArgumentException("not an include, in " + path + ": " + line);
        } else if (onDemand) {
            throw new IllegalArgumentException(path + " has to be included before what needs it on demand");
        }
    }

    private static void includeOnDemand(String path, String function, StringBuilder source, Set<String> included) {
        if (included.contains(path)) {
            return;
        }
        source.append("function step.").append(function).append("(...)\n");
        include(path, source, new HashSet<>(included), true);
        source.append("return step.").append(function).append("(...)\nend\n");
    }

    private static List<String> readLines(String path) {
        try (InputStream file = ScriptText.class.getResourceAsStream(ROOT + path + ".lua")) {
            if (file == null) {
                throw new IllegalArgumentException("no script " + ROOT + path + ".lua");
            }
            return new String(file.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
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
