package dev.claudebench.benchmark;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

import dev.claudebench.support.FleetFiller.Fleet;

/** One case with so many connections: on a stand of its own, so that none inherits anything from another. */
final class LoadRun {
    private static final int SAMPLES = 20;

    private final Settings settings;
    private final Driver driver;

    LoadRun(Settings settings, Driver driver) {
        this.settings = settings;
        this.driver = driver;
    }

    Measurement closed(Case one, int connections) {
        return measure(new Load(one, connections, 0, settings.warmup(), settings.measured()));
    }

    Measurement open(Case one, double perSecond) {
        return measure(new Load(one, 0, perSecond, settings.warmup(), settings.measured()));
    }

    private Measurement measure(Load load) {
        try (Stand stand = stand(load.load())) {
            return measure(stand, load, load.load().label());
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

    private Stand stand(Case one) {
        if (one == Case.FLOOR) {
            return Stand.floor(settings);
        }
        Stand.Limits limits = one == Case.REGISTER_UNLIMITED ? Stand.Limits.NONE : Stand.Limits.UNREACHED;
        return Stand.service(settings, limits, new Fleet(one.fleet(), 0, 0, 0, 0));
    }
}
