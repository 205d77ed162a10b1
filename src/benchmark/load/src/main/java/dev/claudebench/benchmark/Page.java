package dev.claudebench.benchmark;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** Results for people to read, in Markdown. */
final class Page {
    private final StringBuilder text = new StringBuilder("# Results\n\n");

    String text() {
        return text.toString();
    }

    void head(Machine machine, Settings settings) {
        machine.facts().forEach((name, value) -> line("- %s: %s", name, value));
        line("- each case: %d s until the programs are warm; each load: %d s until the driver is, then %d rounds, in each of "
                + "which %d s count of the floor and of the case", settings.settle().toSeconds(),
                settings.warmup().toSeconds(), settings.rounds(), settings.measured().toSeconds());
        line("- JVM of service and floor: `%s`", settings.jvm());
    }

    void loads(List<Measurement> loads) {
        if (loads.isEmpty()) {
            return;
        }
        text.append(
                """

                ## Load

                Latencies and the time of Redis are in µs, for one request; the latter by the clock, so it grows when
                Redis has to wait for a core. “of floor” is the median of the rounds, with the least and the most;
                percentiles are those of all rounds together. Errors of the floor would be counted, too.

                | case | connections | requests/s | floor's | of floor | p50 | p95 | p99 | floor's p99 | p99 of floor | errors | Redis | a script | peak MiB |
                |---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|
                """);
        for (Measurement one : loads) {
            Latencies.Summary all = one.all();
            line("| [%s](%s/index.html) | %s | %,.0f | %s | %,d | %,d | %,d | %s | %d | %.1f | %.1f | %d |", one.name(),
                    one.report(), one.connections() == 0 ? "open" : one.connections(), one.perSecond(), beside(one),
                    all.p50(), all.p95(), all.p99(), tailBeside(one), one.errors(), one.redisMicros(),
                    one.redisMicrosPerScript(), one.peakMebibytes());
            parts(one);
        }
    }

    void sizes(List<Scale.Size> sizes) {
        if (sizes.isEmpty()) {
            return;
        }
        Scale.Size smallest = sizes.get(0);
        text.append(
                """

                ## Scale

                One call at a time, without a limit of rate, so one script each; µs. In brackets: times that of the first
                line. A worker that registers where tasks wait takes ten of them, which the others have not to do.

                | instances | pending tasks | call | p50 | p99 | Redis |
                |--:|--:|---|--:|--:|--:|
                """);
        for (Scale.Kind kind : Scale.Kind.values()) {
            Scale.Cost first = smallest.cost(kind);
            for (Scale.Size size : sizes) {
                Scale.Cost cost = size.cost(kind);
                line("| %,d | %,d | %s | %,d (%s) | %,d | %.1f (%s) |", size.instances(), size.pending(), kind.title(),
                        cost.latency().p50(), ratio(cost.latency().p50(), first.latency().p50()),
                        cost.latency().p99(), cost.redisMicros(), ratio(cost.redisMicros(), first.redisMicros()));
            }
        }
        memory(sizes);
    }

    /** What each instance takes where there are only those, and each task beyond that. */
    private void memory(List<Scale.Size> sizes) {
        line("%nMemory of Redis:");
        line("");
        Scale.Size smallest = sizes.get(0);
        for (Scale.Size size : sizes.subList(1, sizes.size())) {
            if (size.pending() == 0) {
                line("- an instance: %,d bytes, with %,d of them", size.bytes() / size.instances(), size.instances());
            } else {
                line("- a pending task: %,d bytes, with %,d of them",
                        (size.bytes() - smallest.bytes()) / size.pending(),
                        size.pending());
            }
        }
    }

    void starts(List<Startup.Starts> starts) {
        if (starts.isEmpty()) {
            return;
        }
        text.append("""

                    ## Start

                    From the start of the process to the answer to the first registration, in ms.

                    | | median | shortest | longest | starts |
                    |---|--:|--:|--:|--:|
                    """);
        for (Startup.Starts one : starts) {
            List<Long> millis = one.millis();
            line("| %s | %,d | %,d | %,d | %d |", one.name(), one.median(), millis.get(0),
                    millis.get(millis.size() - 1), millis.size());
        }
    }

    void soaks(List<Soak> soaks) {
        for (Soak soak : soaks) {
            line("%n## Soak%n");
            line("Registrations over %d connections for %.0f s: %,.0f/s, %d errors, at most %d MiB resident. In even "
                    + "distances, in MiB: %s", soak.load().connections(), soak.load().seconds(),
                    soak.load().perSecond(), soak.load().errors(), soak.load().peakMebibytes(),
                    soak.residentMebibytes().stream().map(Object::toString).collect(Collectors.joining(", ")));
        }
    }

    /** The calls of a case that makes different ones. */
    private void parts(Measurement one) {
        Map<String, Latencies.Summary> parts = one.called().summaries();
        parts.entrySet()
                .stream()
                .filter(part -> parts.size() > 2 && !part.getKey().equals(Latencies.ALL))
                .sorted(Map.Entry.comparingByKey())
                .forEach(part -> line("| – %s | | %,.0f | | | %,d | %,d | %,d | | | | | | |", part.getKey(),
                        one.perSecond(part.getValue()), part.getValue().p50(), part.getValue().p95(),
                        part.getValue().p99()));
    }

    private static String beside(Measurement one) {
        if (!one.hasFloor()) {
            return " | ";
        }
        List<Double> ratios = one.ratios();
        return String.format(Locale.ROOT, "%,.0f | %.2f (%.2f–%.2f)", one.floorPerSecond(), one.ratio(), ratios.get(0),
                ratios.get(ratios.size() - 1));
    }

    private static String tailBeside(Measurement one) {
        if (!one.hasFloor()) {
            return " | ";
        }
        long floor = one.floor().all().p99();
        return String.format(Locale.ROOT, "%,d | %s", floor, ratio(one.all().p99(), floor));
    }

    private static String ratio(double value, double other) {
        return String.format(Locale.ROOT, "%.2f", value / other);
    }

    private static String ratio(long value, long other) {
        return ratio((double) value, (double) other);
    }

    private void line(String format, Object... values) {
        text.append(String.format(Locale.ROOT, format, values)).append('\n');
    }
}
