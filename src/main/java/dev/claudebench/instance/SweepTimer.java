package dev.claudebench.instance;

import java.time.Duration;

import jakarta.enterprise.context.ApplicationScoped;

import org.jboss.logging.Logger;

import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.scheduler.Scheduled;
import io.smallrye.mutiny.Uni;

/** Removes expired instances while no calls arrive, and adds the calls of this replica to the fleet's totals. Replicas may sweep at the same time: each sweep is one script. */
@ApplicationScoped
class SweepTimer {
    private static final Logger LOG = Logger.getLogger(SweepTimer.class);
    /** Ends a run even if instances expire as fast as they are removed. */
    private static final int MAX_ROUNDS = 1000;

    private final InstanceStore instances;
    private final MeterRegistry registry;
    private volatile Duration silence = Duration.ZERO;
    /** What the fleet's totals contain. */
    private volatile Traffic told = Traffic.NONE;

    SweepTimer(InstanceStore instances, MeterRegistry registry) {
        this.instances = instances;
        this.registry = registry;
    }

    @Scheduled(every = "{claudebench.instance.sweep-interval}", concurrentExecution = Scheduled.ConcurrentExecution.SKIP)
    Uni<Void> sweep() {
        return sweep(MAX_ROUNDS).onFailure()
                .invoke(failure -> LOG.debug("Sweep failed, the next one tries again", failure))
                .onFailure()
                .recoverWithNull();
    }

    /** Runs one bounded script after the other, so that calls can run between them. */
    private Uni<Void> sweep(int rounds) {
        Traffic counted = Traffic.counted(registry);
        return instances.sweep(counted.since(told))
                .invoke(swept -> {
                    told = counted;
                    logGrace(swept.silence());
                })
                .chain(
                        swept -> swept.more() && rounds > 1 ? sweep(rounds - 1) : Uni.createFrom().voidItem());
    }

    private void logGrace(Duration newest) {
        if (!newest.isZero() && !newest.equals(silence)) {
            LOG.infof(
                    "Nobody could send a heartbeat for %d ms: instances that were alive before have a full TTL from now",
                    newest.toMillis());
        }
        silence = newest;
    }
}
