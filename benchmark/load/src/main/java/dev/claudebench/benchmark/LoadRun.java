package dev.claudebench.benchmark;

import java.nio.file.Path;
import java.time.Duration;
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

    Measurement measure(Case one, int connections) {
        try (Stand stand = stand(one)) {
            return measure(stand, one, connections, one.label(), settings.measured());
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
            Measurement load = measure(stand, one, connections, "soak", settings.soak());
            sampling.cancel(false);
            return new Soak(load, resident);
        } finally {
            clock.shutdownNow();
        }
    }

    private Measurement measure(Stand stand, Case one, int connections, String name, Duration measured) {
        Path latencies = settings.target().resolve("latencies").resolve(name + "-" + connections + ".json");
        RedisTime before = RedisTime.of(stand.redis());
        Load load = new Load(one, connections, settings.warmup(), measured, stand.base(), latencies);
        Driver.Outcome outcome = driver.drive(name, load);
        RedisTime spent = RedisTime.of(stand.redis()).since(before);
        Latencies.Tally tally = outcome.tally();
        return new Measurement(name, one == Case.MIX ? 0 : connections, measured.toMillis() / 1000.0,
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
