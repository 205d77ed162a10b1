package dev.claudebench.benchmark;

import java.net.URI;
import java.util.Arrays;
import java.util.List;

/**
 * What the driver, a process of its own, is told.
 *
 * @param load what the clients do
 * @param programs the programs that they call in turns
 * @param visits how many clients of the closed model come and go together, visit by visit; in the open model, the clients of the
 *        warm-up
 * @param perSecond calls per second in the open model; 0 in the closed one
 * @param plan which program is called when
 */
record Load(Case load, List<Program> programs, List<Integer> visits, double perSecond, Plan plan) {

    Load {
        programs = List.copyOf(programs);
        visits = List.copyOf(visits);
    }

    /** A program that is called. */
    record Program(String name, URI base) {}

    /** The options of the driver's JVM that {@link #received} understands. */
    List<String> options() {
        String all = String.join(",", programs.stream().map(one -> one.name() + "=" + one.base()).toList());
        return List.of("-Dload.case=" + load, "-Dload.programs=" + all, "-Dload.visits=" + text(visits),
                "-Dload.rate=" + perSecond, "-Dload.plan=" + plan);
    }

    static Load received() {
        List<Program> programs = Arrays.stream(option("programs").split(",")).map(one -> {
            int name = one.indexOf('=');
            return new Program(one.substring(0, name), URI.create(one.substring(name + 1)));
        }).toList();
        return new Load(Case.valueOf(option("case")), programs,
                Arrays.stream(option("visits").split(",")).map(Integer::valueOf).toList(),
                Double.parseDouble(option("rate")), Plan.parse(option("plan")));
    }

    /** The name of the run in Gatling's report. */
    String title() {
        return isOpen() ? load.label() : load.label() + " × " + text(visits);
    }

    boolean isOpen() {
        return perSecond > 0;
    }

    /** Another value that the driver is told. */
    static String option(String name) {
        String value = System.getProperty("load." + name);
        if (value == null) {
            throw new IllegalStateException("load." + name + " is not set");
        }
        return value;
    }

    private static String text(List<Integer> numbers) {
        return String.join(",", numbers.stream().map(String::valueOf).toList());
    }
}
