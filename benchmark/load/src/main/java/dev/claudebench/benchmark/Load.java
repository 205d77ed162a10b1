package dev.claudebench.benchmark;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * What the driver, a process of its own, is told.
 *
 * @param load what the clients do
 * @param connections how many there are; of no meaning to {@link Case#MIX}
 * @param warmup how long nothing counts
 * @param measured how long they go on after that
 * @param base where the service listens
 * @param latencies the file that tells how long calls took
 */
record Load(Case load, int connections, Duration warmup, Duration measured, URI base, Path latencies) {

    /** The options of the driver's JVM that {@link #received} understands. */
    List<String> options() {
        return List.of("-Dload.case=" + load, "-Dload.connections=" + connections, "-Dload.warmup=" + warmup,
                "-Dload.measured=" + measured, "-Dload.base=" + base, "-Dload.latencies=" + latencies);
    }

    static Load received() {
        return new Load(Case.valueOf(option("case")), Integer.parseInt(option("connections")),
                Duration.parse(option("warmup")), Duration.parse(option("measured")), URI.create(option("base")),
                Path.of(option("latencies")));
    }

    /** How the run is named where there are several. */
    String title() {
        return load == Case.MIX ? load.label() : load.label() + " × " + connections;
    }

    private static String option(String name) {
        String value = System.getProperty("load." + name);
        if (value == null) {
            throw new IllegalStateException("the driver was not told its " + name);
        }
        return value;
    }
}
