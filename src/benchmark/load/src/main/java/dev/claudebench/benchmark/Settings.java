package dev.claudebench.benchmark;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * What a run is told with {@code -Dbenchmark.…}.
 *
 * @param parts what to measure, by name
 * @param connections how many clients call at once, one run for each number
 * @param settle how long a program is called before the first of its loads
 * @param warmup how long clients call, in each load, before anything counts
 * @param measured how long they call after that, in each of the rounds
 * @param rounds how often the floor and a case are measured in turn
 * @param soak how long the soak is, none for zero
 * @param sizes how many instances or tasks there are while the cost of one call is measured
 * @param starts how often the service is started to see how long that takes
 * @param jvm how the JVM of the service and that of the floor are started
 * @param service the packaged service
 * @param archivable the service packaged so that an archive can hold its classes; need not be there
 * @param floor the packaged floor
 * @param target where results go
 */
record Settings(List<String> parts, List<Integer> connections, Duration settle, Duration warmup, Duration measured,
        int rounds, Duration soak, List<Integer> sizes, int starts, String jvm, Path service, Path archivable,
        Path floor,
        Path target) {

    Settings {
        parts = List.copyOf(parts);
        connections = List.copyOf(connections);
        sizes = List.copyOf(sizes);
        if (rounds < 1 || measured.isZero()) {
            throw new IllegalArgumentException("benchmark.rounds and benchmark.seconds have to be at least 1");
        }
    }

    static Settings read() {
        return new Settings(words("cases"), numbers("connections"), seconds("settle"), seconds("warmup"),
                seconds("seconds"), Integer.parseInt(text("rounds")),
                Duration.parse("PT" + text("soak").toUpperCase(Locale.ROOT)), numbers("scale"),
                Integer.parseInt(text("starts")), text("jvm"), Path.of(text("service")).normalize(),
                Path.of(text("archivable")).normalize(),
                Path.of(text("floor")).normalize(), Path.of(text("target")));
    }

    /** A property that may be left out, which is empty then. */
    static String text(String name) {
        String value = System.getProperty("benchmark." + name, "").strip();
        return value.startsWith("${") ? "" : value;
    }

    private static Duration seconds(String name) {
        return Duration.ofSeconds(Long.parseLong(text(name)));
    }

    private static List<String> words(String name) {
        return Arrays.stream(text(name).split(",")).map(String::strip).filter(word -> !word.isEmpty()).toList();
    }

    private static List<Integer> numbers(String name) {
        return words(name).stream().map(Integer::valueOf).toList();
    }
}
