package dev.claudebench.benchmark;

import java.time.Duration;
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
 * The loads of one case, on a stand of its own. Its program is warm when the first of them begins, since the compilers of a JVM
 * take long where driver and Redis share its cores; its Redis is as it was at first when each begins.
 */
final class LoadRun {
    private static final int SAMPLES = 20;
    private static final int SETTLING_CONNECTIONS = 64;
    /** What is measured is who comes and who works, not who goes: of those in a load, not all send heartbeats. */
    private static final String NOBODY_EXPIRES = "-Dclaudebench.instance.ttl=10m";

    private final Settings settings;
    private final Driver driver;

    LoadRun(Settings settings, Driver driver) {
        this.settings = settings;
        this.driver = driver;
    }

    void closed(Case one, Consumer<Measurement> measured) {
        try (Stand stand = settled(one)) {
            for (int connections : settings.connections()) {
                stand.refill();
                measured.accept(measure(stand, new Load(one, connections, 0, settings.warmup(), settings.measured()),
                        one.label()));
            }
        }
    }

    Measurement open(Case one, double perSecond) {
        try (Stand stand = settled(one)) {
            stand.refill();
            return measure(stand, new Load(one, 0, perSecond, settings.warmup(), settings.measured()), one.label());
        }
    }

    /** Calls by so many clients warm up all that the loads go through. */
    private Stand settled(Case one) {
        Stand stand = stand(one, NOBODY_EXPIRES);
        try {
            Load load = new Load(one, SETTLING_CONNECTIONS, 0, settings.settle(), Duration.ZERO);
            long errors = driver.drive(one.label() + "-settle", load, stand.base()).tally().errors();
            if (errors > 0) {
                throw new IllegalStateException(errors + " calls failed in the warm-up for " + one.label());
            }
            return stand;
        } catch (RuntimeException e) {
            stand.close();
            throw e;
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
            Measurement load = measure(stand, new Load(one, connections, 0, settings.warmup(), settings.soak()),
                    "soak");
            sampling.cancel(false);
            return new Soak(load, resident);
        } finally {
            clock.shutdownNow();
        }
    }

    private Measurement measure(Stand stand, Load load, String name) {
        RedisTime before = RedisTime.of(stand.redis());
        Driver.Outcome outcome = driver.drive(name, load, stand.base());
        RedisTime spent = RedisTime.of(stand.redis()).since(before);
        Latencies.Tally tally = outcome.tally();
        return new Measurement(name, load.connections(), load.measured().toMillis() / 1000.0,
                tally.summaries(), tally.errors(), spent.per(tally.requests()), spent.per(spent.calls()),
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
