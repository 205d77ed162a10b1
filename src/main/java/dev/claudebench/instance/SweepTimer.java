package dev.claudebench.instance;

import java.time.Duration;

import jakarta.enterprise.context.ApplicationScoped;

import org.jboss.logging.Logger;

import dev.claudebench.bench.Benches;
import dev.claudebench.method.Bench;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.scheduler.Scheduled;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;

/**
 * Removes expired instances while no calls arrive, and adds the calls of this replica to the totals of the default bench. Replicas may
 * sweep that at the same time: each sweep is one script. They share out the other benches.
 */
@ApplicationScoped
class SweepTimer {
    private static final Logger LOG = Logger.getLogger(SweepTimer.class);
    /** Ends a run even if instances expire as fast as they are removed. */
    private static final int MAX_ROUNDS = 1000;

    private final InstanceStore instances;
    private final MeterRegistry registry;
    private final Benches benches;
    private volatile Duration silence = Duration.ZERO;
    /** What the fleet's totals contain. */
    private volatile Traffic told = Traffic.NONE;

    SweepTimer(InstanceStore instances, Benches benches, MeterRegistry registry) {
        this.instances = instances;
        this.benches = benches;
        this.registry = registry;
    }

    @Scheduled(every = "{claudebench.instance.sweep-interval}", concurrentExecution = Scheduled.ConcurrentExecution.SKIP, skipExecutionIf = Scheduled.ApplicationNotRunning.class)
    Uni<Void> sweep() {
        return sweep(MAX_ROUNDS).onFailure()
                .invoke(failure -> LOG.debug("Sweep failed, the next one tries again", failure))
                .onFailure()
                .recoverWithNull();
    }

    /** Runs one bounded script after the other, so that calls can run between them. */
    private Uni<Void> sweep(int rounds) {
        Traffic counted = Traffic.counted(registry);
        return instances.sweep(Bench.DEFAULT, counted.since(told), false)
                .invoke(swept -> {
                    told = counted;
                    logGrace(swept.silence());
                })
                .chain(
                        swept -> swept.more() && rounds > 1 ? sweep(rounds - 1) : Uni.createFrom().voidItem());
    }

    @Scheduled(every = "{claudebench.instance.sweep-interval}", concurrentExecution = Scheduled.ConcurrentExecution.SKIP, skipExecutionIf = Scheduled.ApplicationNotRunning.class)
    Uni<Void> sweepBenches() {
        return benches.takeDue()
                .onItem()
                .transformToMulti(due -> Multi.createFrom().iterable(due))
                .onItem()
                .transformToUni(this::sweep)
                // All at once, so that those on a shard of a Redis Cluster that hangs do not delay the others.
                .merge(Benches.MAX_TAKEN)
                .onItem()
                .ignoreAsUni()
                .onFailure()
                .invoke(failure -> LOG.debug("No benches to sweep, the next run tries again", failure))
                .onFailure()
                .recoverWithNull();
    }

    private Uni<Void> sweep(Benches.Taken taken) {
        return instances.sweep(taken.bench(), Traffic.NONE, taken.mayLeave()).chain(swept -> {
            if (!taken.mayLeave()) {
                return Uni.createFrom().voidItem();
            }
            if (swept.gone()) {
                return benches.remove(taken);
            }
            if (swept.more()) {
                return benches.sweepAgain(taken);
            }
            return swept.quiet() ? benches.rest(taken) : Uni.createFrom().voidItem();
        })
                .onFailure()
                .invoke(failure -> LOG.debugf(failure, "Sweep failed, the bench is due again: bench=%s",
                        taken.bench().name()))
                .onFailure()
                .recoverWithNull();
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
