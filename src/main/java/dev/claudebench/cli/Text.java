package dev.claudebench.cli;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

import com.fasterxml.jackson.databind.JsonNode;

import dev.claudebench.method.Json;

/** What the commands print for people. */
final class Text {
    private static final Pattern COLOUR = Pattern.compile("\\x1b\\[[0-9;?]*[ -/]*[@-~]");
    private static final Pattern UNPRINTABLE = Pattern.compile("[\\p{Cc}\\p{Cs}&&[^\\t\\n]]");
    private static final Pattern TIME = Pattern.compile(".*(At|Until|Seen)|timestamp");
    private static final int WIDEST = 60;

    private Text() {}

    /** Removes what would control a terminal, and what the service does not accept. */
    static String printable(String text) {
        return UNPRINTABLE.matcher(COLOUR.matcher(text).replaceAll("")).replaceAll("");
    }

    /** Returns printable text on one line. */
    static String line(String text) {
        return printable(text).replaceAll("\\s+", " ").strip();
    }

    /** Returns the value of a member, which may be a time, on one line; empty for one that is missing or empty. */
    static String member(JsonNode object, String name) {
        JsonNode value = object.path(name);
        if (value.isIntegralNumber() && TIME.matcher(name).matches()) {
            return time(value);
        }
        if (value.isArray()) {
            return line(String.join(",", StreamSupport.stream(value.spliterator(), false).map(Text::value).toList()));
        }
        return (value.isContainerNode() && value.isEmpty()) || value.isNull() ? "" : line(value(value));
    }

    /** Returns text as it is, anything else as JSON. */
    static String value(JsonNode value) {
        return value.isTextual() || value.isMissingNode() ? value.asText() : Json.text(value);
    }

    static String time(JsonNode millis) {
        return Instant.ofEpochMilli(millis.asLong()).truncatedTo(ChronoUnit.SECONDS).toString();
    }

    /** Returns a duration such as {@code 1m30s}. */
    static String duration(Duration duration) {
        Duration seconds = duration.plusMillis(999).truncatedTo(ChronoUnit.SECONDS);
        return seconds.toString().substring("PT".length()).toLowerCase(Locale.ROOT);
    }

    /** Prints a table of members of objects, with their names as headings. */
    static void printTable(Iterable<JsonNode> objects, String... members) {
        List<List<String>> rows = new ArrayList<>();
        rows.add(Stream.of(members).map(Text::heading).toList());
        objects.forEach(object -> rows.add(Stream.of(members)
                .map(name -> name.equals("text") ? cut(member(object, name)) : member(object, name))
                .toList()));
        int[] widths = new int[members.length];
        rows.forEach(row -> {
            for (int i = 0; i < widths.length; i++) {
                widths[i] = Math.max(widths[i], row.get(i).length());
            }
        });
        for (List<String> row : rows) {
            StringBuilder line = new StringBuilder();
            for (int i = 0; i < widths.length; i++) {
                line.append(row.get(i)).append(" ".repeat(widths[i] - row.get(i).length() + 2));
            }
            System.out.println(line.toString().stripTrailing());
        }
    }

    private static String heading(String member) {
        return member.replaceAll("([A-Z])", " $1").toUpperCase(Locale.ROOT);
    }

    /** Prints a table of a list that may go on. */
    static void printPage(JsonNode page, String list, String... members) {
        printTable(page.path(list), members);
        if (page.has("cursor")) {
            System.err.println("cb: there are more; raise --limit");
        }
    }

    private static String cut(String text) {
        String beginning = beginning(text, WIDEST);
        return beginning.length() == text.length() ? text : beginning + "…";
    }

    /** Returns the first characters of a text. */
    static String beginning(String text, int characters) {
        return text.codePointCount(0, text.length()) <= characters
                ? text
                : text.substring(0, text.offsetByCodePoints(0, characters));
    }

    /** Returns as much of the end of a text as has this many bytes as JSON. */
    static String end(String text, int bytes) {
        String end = text;
        for (int excess = excess(end, bytes); excess > 0; excess = excess(end, bytes)) {
            // No character has more than six bytes.
            int begin = Math.max(1, excess / 6);
            end = end.substring(Character.isLowSurrogate(end.charAt(begin)) ? begin + 1 : begin);
        }
        return end;
    }

    private static int excess(String text, int bytes) {
        return Json.bytes(text).length - bytes;
    }

    /** Returns the status of a task, with what its worker has said of its progress. */
    static String progress(JsonNode task) {
        String percent = member(task, "percent");
        return line(member(task, "status") + " " + (percent.isEmpty() ? "" : percent + " % ") + member(task, "note"));
    }

    /** Returns an event as one line: when, what, and the members of its payload. */
    static String event(String type, JsonNode payload) {
        StringBuilder line = new StringBuilder(time(payload.path("timestamp"))).append(' ').append(line(type));
        payload.fieldNames().forEachRemaining(name -> {
            if (!name.equals("timestamp") && !name.equals("type")) {
                line.append(' ').append(line(name)).append('=').append(member(payload, name));
            }
        });
        return line.toString();
    }
}
