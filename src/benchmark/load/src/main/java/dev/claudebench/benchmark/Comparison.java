package dev.claudebench.benchmark;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The same load at several sets of processes.
 *
 * @param runs one measurement for each set
 */
record Comparison(List<Measurement> runs) {
    Comparison {
        runs = List.copyOf(runs);
    }

    /** Puts measurements of the same case with as many clients together. */
    static List<Comparison> of(List<Measurement> measurements) {
        Map<List<Object>, Comparison> all = new LinkedHashMap<>();
        measurements.forEach(one -> all.merge(List.of(one.name(), one.connections()), new Comparison(List.of(one)),
                Comparison::and));
        return List.copyOf(all.values());
    }

    private Comparison and(Comparison other) {
        return new Comparison(Stream.concat(runs.stream(), other.runs.stream()).toList());
    }

    /** The least, the median and the most. */
    record Range(double least, double median, double most) {
        static Range of(DoubleStream values) {
            double[] sorted = values.sorted().toArray();
            double median = (sorted[sorted.length / 2] + sorted[(sorted.length - 1) / 2]) / 2;
            return new Range(sorted[0], median, sorted[sorted.length - 1]);
        }
    }

    Measurement first() {
        return runs.get(0);
    }

    /** Calls per second of a program in the rounds of all sets. */
    Range perSecond(int program) {
        return Range.of(runs.stream()
                .flatMapToDouble(run -> run.programs()
                        .get(program)
                        .calls()
                        .rounds()
                        .stream()
                        .mapToDouble(calls -> calls / run.seconds())));
    }

    /** The calls of a program divided by those of the first one, in the rounds of all sets. */
    Range ratio(int program) {
        return Range.of(runs.stream().flatMapToDouble(run -> ratios(run, program)));
    }

    /** The median ratio of each set. */
    List<Double> ratioOfEach(int program) {
        return runs.stream().map(run -> Range.of(ratios(run, program)).median()).toList();
    }

    /** The median of the sets. */
    double median(int program, ToDoubleFunction<Measurement.Program> value) {
        return Range.of(runs.stream().map(run -> run.programs().get(program)).mapToDouble(value)).median();
    }

    private static DoubleStream ratios(Measurement run, int program) {
        List<Long> calls = run.programs().get(program).calls().rounds();
        List<Long> others = run.programs().get(0).calls().rounds();
        return IntStream.range(0, calls.size()).mapToDouble(round -> (double) calls.get(round) / others.get(round));
    }
}
