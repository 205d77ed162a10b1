package dev.claudebench.benchmark;

import java.util.Set;

/** Measures what the settings name, prints each result as soon as it is there, and writes them all down. */
public final class Benchmark {
    private static final String SCALE = "scale";
    private static final String START = "start";
    private static final Set<String> NO_LOADS = Set.of(SCALE, START);
    private static final int SOAK_CONNECTIONS = 64;
    /** Of what the closed model comes to. More than half of the cores is busy then: the driver has more to do for a call. */
    private static final double OPEN_SHARE = 0.5;
    /** Requests in a second, where nobody has measured how many there may be: those of 10,000 instances. */
    private static final double SMALL_FLEET = 1_350;

    private final Settings settings;
    private final Results results;
    private final LoadRun loads;

    private Benchmark(Settings settings) {
        this.settings = settings;
        results = new Results(settings);
        loads = new LoadRun(settings, new Driver(settings.target()));
    }

    /** Ends with 1 when any call got no result. */
    public static void main(String[] arguments) {
        System.exit(new Benchmark(Settings.read()).run() ? 0 : 1);
    }

    private boolean run() {
        // not when an hour has gone by
        settings.parts().stream().filter(part -> !NO_LOADS.contains(part)).forEach(Benchmark::named);
        for (String part : settings.parts()) {
            switch (part) {
                case SCALE -> results.scale(new Scale(settings).measure());
                case START -> new Startup(settings).measure(this::add);
                default -> load(named(part));
            }
            results.write();
        }
        if (!settings.soak().isZero()) {
            results.soak(loads.soak(Case.REGISTER, SOAK_CONNECTIONS));
            results.write();
        }
        System.out.println(results.markdown());
        return results.errors() == 0;
    }

    private static Case named(String part) {
        return Case.of(part).orElseThrow(() -> new IllegalArgumentException("there is no case " + part));
    }

    private void load(Case one) {
        if (one == Case.MIX_OPEN) {
            add(loads.open(one, results.most(Case.MIX).map(most -> most * OPEN_SHARE).orElse(SMALL_FLEET)));
        } else {
            loads.closed(one, this::add);
        }
    }

    private void add(Startup.Starts measured) {
        results.add(measured);
        results.write();
        System.out.printf("start of %s: %d ms%n", measured.name(), measured.median());
    }

    private void add(Measurement measured) {
        results.add(measured);
        results.write();
        Latencies.Summary all = measured.all();
        System.out.printf("%s × %d: %.0f/s%s, p50 %d µs, p99 %d µs, %d errors, %.1f µs of Redis, %d MiB%n",
                measured.name(), measured.connections(), measured.perSecond(),
                measured.hasFloor() ? String.format(" (%.2f of the floor)", measured.ratio()) : "", all.p50(),
                all.p99(), measured.errors(), measured.redisMicros(), measured.peakMebibytes());
    }
}
