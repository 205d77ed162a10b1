package dev.claudebench.benchmark;

import java.util.Arrays;
import java.util.List;

/**
 * What the driver, a process of its own, is told.
 *
 * @param load what the clients do
 * @param visits how many clients of the closed model come at once and go again together, visit by visit; in the open one, those
 *        who warm the service up
 * @param perSecond how many requests there are in each second in the open model; 0 in the closed one
 * @param plan what they call when
 */
record Load(Case load, List<Integer> visits, double perSecond, Plan plan) {

    Load {
        visits = List.copyOf(visits);
    }

    /** The options of the driver's JVM that {@link #received} understands. */
    List<String> options() {
        return List.of("-Dload.case=" + load, "-Dload.visits=" + text(visits), "-Dload.rate=" + perSecond,
                "-Dload.plan=" + plan);
    }

    static Load received() {
        return new Load(Case.valueOf(option("case")),
                Arrays.stream(option("visits").split(",")).map(Integer::valueOf).toList(),
                Double.parseDouble(option("rate")), Plan.parse(option("plan")));
    }

    /** How the run is named where there are several. */
    String title() {
        return isOpen() ? load.label() : load.label() + " × " + text(visits);
    }

    boolean isOpen() {
        return perSecond > 0;
    }

    /** Another thing that the driver is told. */
    static String option(String name) {
        String value = System.getProperty("load." + name);
        if (value == null) {
            throw new IllegalStateException("the driver was not told its " + name);
        }
        return value;
    }

    private static String text(List<Integer> numbers) {
        return String.join(",", numbers.stream().map(String::valueOf).toList());
    }
}
