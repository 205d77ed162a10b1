package dev.claudebench.benchmark;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import dev.claudebench.support.FleetFiller.Fleet;

/**
 * The loads of one case. Each program that has turns in them has a stand of its own. All are warm when the first load begins, and
 * every load begins with the same contents of Redis.
 */
final class LoadRun {
    private static final int SAMPLES = 20;
    /**
     * How many clients warm a program up, visit after visit. When clients leave, or another number comes, for the first time, the JVM
     * compiles some of its code again, which takes many seconds.
     */
    private static final List<Integer> SETTLING_VISITS = List.of(64, 256, 64, 256, 64);
    /** Many, so that calls that come together find open connections. */
    private static final int CLIENTS_BEFORE_OPEN = 256;
    /** Most instances of a load send no heartbeats. */
    static final String NOBODY_EXPIRES = "-Dclaudebench.instance.ttl=10m";
    private static final Fleet EMPTY = new Fleet(0, 0, 0, 0, 0);

    private final Settings settings;
    private final Driver driver;

    LoadRun(Settings settings, Driver driver) {
        this.settings = settings;
        this.driver = driver;
    }

    /** Measures each number of clients, at each set of processes. */
    void closed(Case one, Consumer<Measurement> measured) {
        for (int process = 0; process < settings.processes(); process++) {
            List<Stand> stands = new ArrayList<>();
            try {
                start(one, stands);
                settle(one, stands);
                Plan plan = Plan.inTurns(settings.warmup(), settings.measured(), settings.rounds(), stands.size());
                for (int connections : settings.connections()) {
                    fill(one, stands);
                    Load load = new Load(one, programs(stands), List.of(connections), 0, plan);
                    measured.accept(one == Case.REGISTER_FOLLOWED
                            ? followed(connections, load, stands)
                            : measure(one.label(), connections, load, stands));
                }
            } finally {
                stands.forEach(Stand::close);
            }
        }
    }

    Measurement open(Case one, double perSecond) {
        try (Stand stand = service("service", one, NOBODY_EXPIRES)) {
            List<Stand> stands = List.of(stand);
            settle(one, stands);
            fill(one, stands);
            Load load = new Load(one, programs(stands), List.of(CLIENTS_BEFORE_OPEN), perSecond,
                    Plan.alone(settings.warmup(), settings.measured().multipliedBy(settings.rounds())));
            return measure(one.label(), 0, load, stands);
        }
    }

    /** A long load, with samples of the memory of the service. */
    Soak soak(Case one, int connections) {
        List<Long> resident = Collections.synchronizedList(new ArrayList<>());
        ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor();
        try (Stand stand = service("service", one)) {
            long period = settings.soak().toMillis() / SAMPLES;
            ScheduledFuture<?> sampling = clock.scheduleAtFixedRate(() -> {
                if (resident.size() < SAMPLES) {
                    resident.add(stand.program().residentMebibytes());
                }
            }, settings.warmup().toMillis() + period, period, TimeUnit.MILLISECONDS);
            List<Stand> stands = List.of(stand);
            Load load = new Load(one, programs(stands), List.of(connections), 0,
                    Plan.alone(settings.warmup(), settings.soak()));
            Measurement measured = measure("soak", connections, load, stands);
            sampling.cancel(false);
            return new Soak(measured, resident);
        } finally {
            clock.shutdownNow();
        }
    }

    private void start(Case one, List<Stand> stands) {
        List<Path> before = settings.before();
        if (one == Case.REGISTER_KEYED) {
            stands.add(service("without a key", one, NOBODY_EXPIRES));
            stands.add(service(Stand.WITH_KEY, one, NOBODY_EXPIRES, Stand.keySetting()));
            return;
        }
        if (one == Case.REGISTER_FOLLOWED) {
            stands.add(service("not followed", one, NOBODY_EXPIRES));
        } else if (before.isEmpty()) {
            stands.add(Stand.floor(settings));
        }
        for (Path jar : before) {
            stands.add(Stand.service("before" + (before.size() > 1 ? " " + stands.size() : ""), jar, settings,
                    limitsOf(one), EMPTY, NOBODY_EXPIRES));
        }
        stands.add(service(one == Case.REGISTER_FOLLOWED ? "followed" : "service", one,
                NOBODY_EXPIRES));
    }

    private void settle(Case one, List<Stand> stands) {
        fill(one, stands);
        Load load = new Load(one, programs(stands), SETTLING_VISITS, 0,
                Plan.settling(settings.settle(), stands.size()));
        long errors = driver.drive(one.label() + "-settle", load).tallies().errors();
        if (errors > 0) {
            throw new IllegalStateException(errors + " calls failed in the warm-up for " + one.label());
        }
    }

    /** The last program is followed during the load; each follower must get all of its events in order. */
    private Measurement followed(int connections, Load load, List<Stand> stands) {
        try (Followers followers = Followers.connect(stands.get(stands.size() - 1).base(), settings.followers())) {
            Measurement measured = measure(load.load().label(), connections, load, stands);
            followers.awaitAll(measured.service().calls().requests());
            return measured;
        }
    }

    private Measurement measure(String name, int connections, Load load, List<Stand> stands) {
        List<Usage> before = stands.stream().map(Stand::usage).toList();
        String run = load.isOpen() ? name : name + "-" + connections;
        Driver.Outcome outcome = driver.drive(run, load);
        List<Measurement.Program> programs = IntStream.range(0, stands.size()).mapToObj(i -> {
            Stand stand = stands.get(i);
            Latencies.Tally calls = outcome.tallies().programs().get(i);
            return new Measurement.Program(stand.name(), calls, stand.usage().since(before.get(i), calls.requests()),
                    stand.program().peakResidentMebibytes());
        }).toList();
        return new Measurement(name, connections, load.plan().counted().toMillis() / 1000.0, programs,
                outcome.report());
    }

    private static void fill(Case one, List<Stand> stands) {
        stands.forEach(stand -> stand.fill(new Calls(one.fleet())));
    }

    private static List<Load.Program> programs(List<Stand> stands) {
        return stands.stream().map(stand -> new Load.Program(stand.name(), stand.base())).toList();
    }

    /** Starts this release, whose quotas are far away. */
    private Stand service(String name, Case one, String... options) {
        List<String> all = new ArrayList<>(List.of(options));
        all.addAll(farQuotas());
        return Stand.service(name, settings.service(), settings, limitsOf(one), EMPTY, all.toArray(String[]::new));
    }

    /** Options of this release by which nothing reaches a quota. */
    static List<String> farQuotas() {
        return Stream.of("instances", "tasks", "bytes", "principal-instances", "principal-bytes")
                .map(quota -> "-Dclaudebench.quota." + quota + "=1000000000")
                .toList();
    }

    private static Stand.Limits limitsOf(Case one) {
        return one == Case.REGISTER_UNLIMITED ? Stand.Limits.NONE : Stand.Limits.UNREACHED;
    }
}
