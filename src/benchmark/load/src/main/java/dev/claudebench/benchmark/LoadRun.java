package dev.claudebench.benchmark;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

import dev.claudebench.support.FleetFiller.Fleet;

/**
 * The loads of one case, on a stand of its own, with the floor on another. Both programs are warm when the first load begins, since
 * the compilers of a JVM take long where all share two cores; the Redis of the case is as it was at first when each begins.
 */
final class LoadRun {
    private static final int SAMPLES = 20;
    /**
     * How many clients warm a program up, visit after visit. A JVM learns from each first time that they go, or come in another
     * number, that it has compiled some of its code too narrowly, and takes many seconds to do it again.
     */
    private static final List<Integer> SETTLING_VISITS = List.of(64, 256, 64, 256, 64);
    /** Many, so that calls which come together find connections: opening one costs more than a call. */
    private static final int CLIENTS_BEFORE_OPEN = 256;
    /** What is measured is who comes and who works, not who goes: of those in a load, not all send heartbeats. */
    private static final String NOBODY_EXPIRES = "-Dclaudebench.instance.ttl=10m";

    private final Settings settings;
    private final Driver driver;

    LoadRun(Settings settings, Driver driver) {
        this.settings = settings;
        this.driver = driver;
    }

    void closed(Case one, Consumer<Measurement> measured) {
        try (Stand floor = Stand.floor(settings); Stand stand = stand(one, NOBODY_EXPIRES)) {
            settle(one, stand, floor, true);
            Plan plan = Plan.inTurns(settings.warmup(), settings.measured(), settings.rounds());
            for (int connections : settings.connections()) {
                stand.refill();
                measured.accept(
                        measure(one.label(), connections, new Load(one, List.of(connections), 0, plan), stand, floor));
            }
        }
    }

    Measurement open(Case one, double perSecond) {
        try (Stand stand = stand(one, NOBODY_EXPIRES)) {
            settle(one, stand, stand, false);
            stand.refill();
            Load load = new Load(one, List.of(CLIENTS_BEFORE_OPEN), perSecond,
                    Plan.alone(settings.warmup(), settings.measured().multipliedBy(settings.rounds())));
            return measure(one.label(), 0, load, stand, stand);
        }
    }

    private void settle(Case one, Stand stand, Stand floor, boolean hasFloor) {
        Load load = new Load(one, SETTLING_VISITS, 0, Plan.settling(settings.settle(), hasFloor));
        long errors = driver.drive(one.label() + "-settle", load, stand.base(), floor.base()).tallies().errors();
        if (errors > 0) {
            throw new IllegalStateException(errors + " calls failed in the warm-up for " + one.label());
        }
    }

    /** A long load, while which the memory of the service is looked at. */
    Soak soak(Case one, int connections) {
        List<Long> resident = Collections.synchronizedList(new ArrayList<>());
        ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor();
        try (Stand stand = stand(one)) {
            long period = settings.soak().toMillis() / SAMPLES;
            ScheduledFuture<?> sampling = clock.scheduleAtFixedRate(() -> {
                if (resident.size() < SAMPLES) {
                    resident.add(stand.program().residentMebibytes());
                }
            }, settings.warmup().toMillis() + period, period, TimeUnit.MILLISECONDS);
            Load load = new Load(one, List.of(connections), 0, Plan.alone(settings.warmup(), settings.soak()));
            Measurement measured = measure("soak", connections, load, stand, stand);
            sampling.cancel(false);
            return new Soak(measured, resident);
        } finally {
            clock.shutdownNow();
        }
    }

    /** @param floor any, where it has no turns */
    private Measurement measure(String name, int connections, Load load, Stand stand, Stand floor) {
        RedisTime before = RedisTime.of(stand.redis());
        String run = load.isOpen() ? name : name + "-" + connections;
        Driver.Outcome outcome = driver.drive(run, load, stand.base(), floor.base());
        RedisTime spent = RedisTime.of(stand.redis()).since(before);
        Latencies.Tallies tallies = outcome.tallies();
        return new Measurement(name, connections, load.plan().counted().toMillis() / 1000.0, tallies.called(),
                tallies.floor(), spent.per(tallies.called().requests()), spent.per(spent.calls()),
                stand.program().peakResidentMebibytes(), outcome.report());
    }

    private Stand stand(Case one, String... options) {
        if (one.isFloor()) {
            return Stand.floor(settings);
        }
        Stand.Limits limits = one == Case.REGISTER_UNLIMITED ? Stand.Limits.NONE : Stand.Limits.UNREACHED;
        return Stand.service(settings, limits, new Fleet(one.fleet(), 0, 0, 0, 0), options);
    }
}
