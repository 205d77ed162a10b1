package dev.claudebench.benchmark;

import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/** Results in Markdown. */
final class Page {
    private final StringBuilder text = new StringBuilder("# Results\n\n");

    String text() {
        return text.toString();
    }

    void head(Machine machine, Settings settings) {
        machine.facts().forEach((name, value) -> line("- %s: %s", name, value));
        line("- sets of processes for each case: %d, each warmed up for %d s", settings.processes(),
                settings.settle().toSeconds());
        line("- each load: %d s of warm-up, then %d rounds, in each of which calls of each program count for %d s",
                settings.warmup().toSeconds(), settings.rounds(), settings.measured().toSeconds());
        line("- JVM of each program: `%s`", settings.jvm());
    }

    void loads(List<Comparison> loads) {
        if (loads.isEmpty()) {
            return;
        }
        text.append(
                """

                ## Load

                The programs of a load are called in turns. Calls/s and ratio (of the calls to those of the first program) are medians of
                all rounds, with the least and the most; with several sets of processes, the medians of each follow. Other columns are
                medians of the sets. Times are in µs. CPU (processor time), scripts (their duration in Redis) and commands (those in
                scripts included) are for one call.

                | case | clients | program | calls/s | ratio | p50 | p95 | p99 | errors | CPU | Redis CPU | scripts | time of scripts | commands | peak MiB |
                |---|--:|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|
                """);
        for (Comparison load : loads) {
            Measurement first = load.first();
            for (int i = 0; i < first.programs().size(); i++) {
                program(load, i);
            }
            parts(load, first.programs().size() - 1);
        }
    }

    private void program(Comparison load, int i) {
        Measurement first = load.first();
        String clients = first.connections() == 0 ? "open" : String.valueOf(first.connections());
        long errors = load.runs().stream().mapToLong(run -> run.programs().get(i).calls().errors()).sum();
        line("| %s | %s | %s | %,.0f | %s | %s | %d | %.1f | %.1f | %.2f | %.1f | %.1f | %.0f |",
                i == 0 ? "[" + first.name() + "](" + first.report() + "/index.html)" : first.name(), clients,
                first.programs().get(i).name(), load.perSecond(i).median(), i == 0 ? "" : ratios(load, i),
                percentiles(load, i, Latencies.ALL), errors, load.median(i, one -> one.cost().cpuMicros()),
                load.median(i, one -> one.cost().redisCpuMicros()), load.median(i, one -> one.cost().scripts()),
                load.median(i, one -> one.cost().scriptMicros()), load.median(i, one -> one.cost().commands()),
                load.median(i, Measurement.Program::peakMebibytes));
    }

    /** The methods of a case that calls several. */
    private void parts(Comparison load, int program) {
        Set<String> names = load.first().programs().get(program).calls().summaries().keySet();
        if (names.size() > 2) {
            names.stream()
                    .filter(name -> !name.equals(Latencies.ALL))
                    .sorted()
                    .forEach(name -> line("| – %s | | | | | %s | | | | | | | |", name,
                            percentiles(load, program, name)));
        }
    }

    private static String percentiles(Comparison load, int program, String name) {
        return String.format(Locale.ROOT, "%,.0f | %,.0f | %,.0f",
                load.median(program, one -> one.calls().summary(name).p50()),
                load.median(program, one -> one.calls().summary(name).p95()),
                load.median(program, one -> one.calls().summary(name).p99()));
    }

    private static String ratios(Comparison load, int program) {
        Comparison.Range ratio = load.ratio(program);
        List<Double> each = load.ratioOfEach(program);
        return String.format(Locale.ROOT, "%.2f (%.2f–%.2f%s)", ratio.median(), ratio.least(), ratio.most(),
                each.size() == 1
                        ? ""
                        : each.stream()
                                .map(one -> String.format(Locale.ROOT, "%.2f", one))
                                .collect(Collectors.joining(", ", "; ", "")));
    }

    void sizes(List<Scale.Size> sizes) {
        if (sizes.isEmpty()) {
            return;
        }
        Scale.Size smallest = sizes.get(0);
        text.append(
                """

                ## Scale

                One call at a time, without a rate limit; µs. In brackets: the ratio to the first line. A worker that registers
                while tasks are pending is assigned ten of them.

                | instances | pending tasks | ended tasks | call | p50 | p99 | time of scripts |
                |--:|--:|--:|---|--:|--:|--:|
                """);
        for (Scale.Kind kind : Scale.Kind.values()) {
            Scale.Cost first = smallest.cost(kind);
            for (Scale.Size size : sizes) {
                Scale.Cost cost = size.cost(kind);
                line("| %,d | %,d | %,d | %s | %,d (%s) | %,d | %.1f (%s) |", size.instances(), size.pending(),
                        size.ended(), kind.title(),
                        cost.latency().p50(), ratio(cost.latency().p50(), first.latency().p50()),
                        cost.latency().p99(), cost.redisMicros(), ratio(cost.redisMicros(), first.redisMicros()));
            }
        }
        memory(sizes);
    }

    private void memory(List<Scale.Size> sizes) {
        line("%nMemory of Redis:");
        line("");
        Scale.Size smallest = sizes.get(0);
        for (Scale.Size size : sizes.subList(1, sizes.size())) {
            int tasks = size.pending() + size.ended();
            if (tasks == 0) {
                line("- an instance: %,d bytes, with %,d of them", size.bytes() / size.instances(), size.instances());
            } else {
                line("- %s task: %,d bytes, with %,d of them", size.pending() > 0 ? "a pending" : "an ended",
                        (size.bytes() - smallest.bytes()) / tasks, tasks);
            }
        }
    }

    void starts(List<Startup.Starts> starts) {
        if (starts.isEmpty()) {
            return;
        }
        text.append(
                """

                ## Start

                From the start of the process to the response to the first registration, in ms: median, least and most. Floor and
                service are started in turns.

                | | floor | service | ratio | starts |
                |---|--:|--:|--:|--:|
                """);
        for (Startup.Starts one : starts) {
            line("| %s | %s | %s | %.2f | %d |", one.jvm(), times(one.floor()), times(one.service()), one.ratio(),
                    one.service().size());
        }
    }

    private static String times(List<Long> millis) {
        return String.format(Locale.ROOT, "%,d (%,d–%,d)", Startup.Starts.median(millis), millis.get(0),
                millis.get(millis.size() - 1));
    }

    void waiting(List<Waiting.Result> results) {
        for (Waiting.Result one : results) {
            line("%n## Claims that wait%n");
            line("Commands of Redis in 10 s, while %,d claims wait and nothing happens: %s. From `task.create` to the answer to a claim: "
                    + "p50 %,d µs, at most %,d µs (%d tasks).", one.claims(), one.idle(), one.wake().p50(),
                    one.wake().max(),
                    one.wake().calls());
        }
    }

    void benches(List<ManyBenches.Result> results) {
        for (ManyBenches.Result one : results) {
            text.append(
                    """

                    ## Benches

                    Heartbeats, one at a time, each in any bench, without a rate limit; µs. In brackets: the ratio to one bench.

                    | benches | p50 | p99 | time of scripts |
                    |--:|--:|--:|--:|
                    """);
            ManyBenches.Size first = one.sizes().get(0);
            one.sizes()
                    .forEach(size -> line("| %,d | %,d (%s) | %,d | %.1f (%s) |", size.benches(), size.latency().p50(),
                            ratio(size.latency().p50(), first.latency().p50()), size.latency().p99(),
                            size.redisMicros(), ratio(size.redisMicros(), first.redisMicros())));
            line("%nWhile nobody calls, beside a replica with one bench:%n");
            one.idle()
                    .forEach(idle -> line(
                            "- %,d benches, each %s: %.2f %% of a core, %.2f %% of one for Redis, %,.0f bytes of heap a bench",
                            idle.benches(), idle.kind(), 100 * idle.cores(), 100 * idle.redisCores(),
                            idle.heapBytes()));
        }
    }

    void frames(List<Frames.Result> results) {
        if (results.isEmpty()) {
            return;
        }
        text.append("""

                    ## Dashboard

                    Frames of the page in Chromium with 1,000 instances and 10,000 tasks, in ms.

                    | what the user does | frames | median | longest |
                    |---|--:|--:|--:|
                    """);
        results.forEach(one -> line("| %s | %d | %.0f | %.0f |", one.action(), one.frames(), one.median(),
                one.most()));
    }

    void soaks(List<Soak> soaks) {
        for (Soak soak : soaks) {
            line("%n## Soak%n");
            line("Registrations from %d clients for %.0f s: %,.0f/s, %d errors, at most %d MiB resident. At equal "
                    + "intervals, in MiB: %s", soak.load().connections(), soak.load().seconds(),
                    soak.load().perSecond(), soak.load().errors(), soak.load().service().peakMebibytes(),
                    soak.residentMebibytes().stream().map(Object::toString).collect(Collectors.joining(", ")));
        }
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
