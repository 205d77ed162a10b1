package dev.claudebench.benchmark;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * The settings of a run, {@code -Dbenchmark.…}; README.md explains each.
 *
 * @param parts the cases to measure
 * @param connections numbers of clients in the closed model
 * @param settle how long the programs of a case are warmed up before its first load
 * @param warmup how long nothing counts at the beginning of a load
 * @param measured how long calls of one program count in one round
 * @param rounds how many rounds count in a load
 * @param processes how many sets of processes each case is measured at
 * @param followers clients that follow the events in {@link Case#REGISTER_FOLLOWED}
 * @param soak the length of the soak; zero for none
 * @param sizes how many instances or tasks exist while {@link Scale} measures
 * @param starts how often each package is started
 * @param jvm options of the JVM of each program
 * @param service the packaged service
 * @param before packages of other releases to compare it with, instead of the floor
 * @param archivable the service packaged for an archive of classes
 * @param floor the packaged floor
 * @param archivableFloor the floor packaged for an archive of classes
 * @param target the folder of the results
 */
record Settings(List<String> parts, List<Integer> connections, Duration settle, Duration warmup, Duration measured,
        int rounds, int processes, int followers, Duration soak, List<Integer> sizes, int starts, String jvm,
        Path service, List<Path> before, Path archivable, Path floor, Path archivableFloor,
        Path target) {

    Settings {
        parts = List.copyOf(parts);
        connections = List.copyOf(connections);
        sizes = List.copyOf(sizes);
        before = List.copyOf(before);
        if (rounds < 1 || measured.isZero()) {
            throw new IllegalArgumentException("benchmark.rounds and benchmark.seconds must be at least 1");
        }
    }

    static Settings read() {
        return new Settings(words("cases"), numbers("connections"), seconds("settle"), seconds("warmup"),
                seconds("seconds"), number("rounds"), number("processes"), number("followers"),
                Duration.parse("PT" + text("soak").toUpperCase(Locale.ROOT)), numbers("scale"), number("starts"),
                text("jvm"), Path.of(text("service")), words("before").stream().map(Path::of).toList(),
                Path.of(text("archivable")), Path.of(text("floor")), Path.of(text("archivable.floor")),
                Path.of(text("target")));
    }

    /** The value of a property; empty if it is not set. */
    static String text(String name) {
        String value = System.getProperty("benchmark." + name, "").strip();
        return value.startsWith("${") ? "" : value;
    }

    private static int number(String name) {
        return Integer.parseInt(text(name));
    }

    private static Duration seconds(String name) {
        return Duration.ofSeconds(number(name));
    }

    private static List<String> words(String name) {
        return Arrays.stream(text(name).split(",")).map(String::strip).filter(word -> !word.isEmpty()).toList();
    }

    private static List<Integer> numbers(String name) {
        return words(name).stream().map(Integer::valueOf).toList();
    }
}
