package dev.claudebench.benchmark;

import java.util.List;
import java.util.Set;

/** Measures the cases of the settings, prints each result at once and writes all of them down. */
public final class Benchmark {
    private static final String SCALE = "scale";
    private static final String START = "start";
    private static final String WAITING = "waiting";
    private static final String DASHBOARD = "dashboard";
    private static final String BENCHES = "benches";
    private static final String PEERS = "peers";
    private static final Set<String> NO_LOADS = Set.of(SCALE, START, WAITING, DASHBOARD, BENCHES, PEERS);
    private static final int SOAK_CONNECTIONS = 64;
    /** Of the rate of the closed model. It keeps more than half of the cores busy: a call costs the driver more. */
    private static final double OPEN_SHARE = 0.5;
    /** Calls per second if the mix was not measured: those of 10,000 instances. */
    private static final double SMALL_FLEET = 1_350;

    private final Settings settings;
    private final Results results;
    private final LoadRun loads;

    private Benchmark(Settings settings) {
        this.settings = settings;
        results = new Results(settings);
        loads = new LoadRun(settings, new Driver(settings.target()));
    }

    /** Exits with 1 if any call got no result. */
    public static void main(String[] arguments) {
        System.exit(new Benchmark(Settings.read()).run() ? 0 : 1);
    }

    private boolean run() {
        // a wrong name fails now, not after an hour
        settings.parts().stream().filter(part -> !NO_LOADS.contains(part)).forEach(Benchmark::named);
        for (String part : settings.parts()) {
            switch (part) {
                case SCALE -> results.scale(new Scale(settings).measure());
                case START -> new Startup(settings).measure(this::add);
                case DASHBOARD -> results.frames(new Frames(settings).measure());
                case BENCHES -> results.add(new ManyBenches(settings).measure());
                case PEERS -> peers();
                case WAITING -> results.add(new Waiting(settings).measure());
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

    private void peers() {
        Peers peers = new Peers(settings);
        results.peers(peers.all());
        peers.measure(measured -> {
            results.besidePeers(measured);
            results.write();
            measured.forEach(one -> System.out.printf("%s × %d, %s: %.0f/s%n", one.work().label(), one.clients(),
                    one.program(), one.perSecond().median()));
        });
    }

    private void add(Startup.Starts measured) {
        results.add(measured);
        results.write();
        System.out.printf("start with %s: floor %d ms, service %d ms%n", measured.jvm(),
                Startup.Starts.median(measured.floor()), Startup.Starts.median(measured.service()));
    }

    private void add(Measurement measured) {
        results.add(measured);
        results.write();
        Comparison one = new Comparison(List.of(measured));
        for (int i = 0; i < measured.programs().size(); i++) {
            Measurement.Program program = measured.programs().get(i);
            Latencies.Summary all = program.calls().all();
            System.out.printf(
                    "%s × %d, %s: %.0f/s (%.2f), p50 %d µs, p99 %d µs, %d errors, %.1f µs of scripts, %d MiB%n",
                    measured.name(), measured.connections(), program.name(), one.perSecond(i).median(),
                    one.ratio(i).median(), all.p50(), all.p99(), program.calls().errors(),
                    program.cost().scriptMicros(), program.peakMebibytes());
        }
    }
}
