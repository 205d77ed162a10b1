package dev.claudebench.benchmark;

import java.nio.file.Path;

import dev.claudebench.support.FleetFiller.Fleet;

/** One case with so many connections: on a stand of its own, so that none inherits anything from another. */
final class LoadRun {
    private final Settings settings;
    private final Driver driver;

    LoadRun(Settings settings, Driver driver) {
        this.settings = settings;
        this.driver = driver;
    }

    Measurement measure(Case one, int connections) {
        try (Stand stand = stand(one)) {
            Path latencies = settings.target().resolve("latencies").resolve(one.label() + "-" + connections + ".json");
            RedisTime before = RedisTime.of(stand.redis());
            Load load = new Load(one, connections, settings.warmup(), settings.measured(), stand.base(), latencies);
            Driver.Outcome outcome = driver.drive(load);
            RedisTime spent = RedisTime.of(stand.redis()).since(before);
            Latencies.Tally tally = outcome.tally();
            Latencies.Summary all = tally.summaries().get(Latencies.ALL);
            double perSecond = all == null ? 0 : all.calls() * 1000.0 / settings.measured().toMillis();
            return new Measurement(one.label(), one == Case.MIX ? 0 : connections, perSecond, tally.summaries(),
                    tally.errors(), spent.per(tally.requests()), spent.per(spent.calls()),
                    stand.program().peakResidentMebibytes(), outcome.report());
        }
    }

    private Stand stand(Case one) {
        if (one == Case.FLOOR) {
            return Stand.floor(settings);
        }
        Stand.Limits limits = one == Case.REGISTER_UNLIMITED ? Stand.Limits.NONE : Stand.Limits.UNREACHED;
        return Stand.service(settings, limits, new Fleet(one.fleet(), 0, 0, 0, 0));
    }
}
