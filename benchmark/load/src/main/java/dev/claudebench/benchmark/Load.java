package dev.claudebench.benchmark;

import java.time.Duration;
import java.util.List;

/**
 * What the driver, a process of its own, is told.
 *
 * @param load what the clients do
 * @param connections how many clients there are in the closed model; 0 in the open one
 * @param perSecond how many requests there are in each second in the open model
 * @param warmup how long nothing counts
 * @param measured how long they go on after that
 */
record Load(Case load, int connections, double perSecond, Duration warmup, Duration measured) {

    /** The options of the driver's JVM that {@link #received} understands. */
    List<String> options() {
        return List.of("-Dload.case=" + load, "-Dload.connections=" + connections, "-Dload.warmup=" + warmup,
                "-Dload.measured=" + measured, "-Dload.rate=" + perSecond);
    }

    static Load received() {
        return new Load(Case.valueOf(option("case")), Integer.parseInt(option("connections")),
                Double.parseDouble(option("rate")), Duration.parse(option("warmup")),
                Duration.parse(option("measured")));
    }

    /** How the run is named where there are several. */
    String title() {
        return isOpen() ? load.label() : load.label() + " × " + connections;
    }

    boolean isOpen() {
        return connections == 0;
    }

    /** Another thing that the driver is told. */
    static String option(String name) {
        String value = System.getProperty("load." + name);
        if (value == null) {
            throw new IllegalStateException("the driver was not told its " + name);
        }
        return value;
    }
}
