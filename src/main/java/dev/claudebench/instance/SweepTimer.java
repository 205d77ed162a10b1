package dev.claudebench.instance;

import java.time.Duration;

import jakarta.enterprise.context.ApplicationScoped;

import org.jboss.logging.Logger;

import dev.claudebench.bench.Benches;
import dev.claudebench.method.Bench;
import io.quarkus.scheduler.Scheduled;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;

/**
 * Removes expired instances while no calls arrive. Replicas may sweep the bench {@code default} at the same time: each sweep is one
 * script. They share out the other benches.
 */
@ApplicationScoped
class SweepTimer {
    private static final Logger LOG = Logger.getLogger(SweepTimer.class);
    /** Ends a run even if instances expire as fast as they are removed. */
    private static final int MAX_ROUNDS = 1000;

    private final InstanceStore instances;
    private final Benches benches;
    private volatile Duration silence = Duration.ZERO;

    SweepTimer(InstanceStore instances, Benches benches) {
        this.instances = instances;
        this.benches = benches;
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
        return instances.sweep(Bench.DEFAULT)
                .invoke(swept -> logGrace(swept.silence()))
                .chain(
                        swept -> swept.more() && rounds > 1 ? sweep(rounds - 1) : Uni.createFrom().voidItem());
    }

    @Scheduled(every = "{claudebench.instance.sweep-interval}", concurrentExecution = Scheduled.ConcurrentExecution.SKIP)
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
        return instances.sweep(taken.bench()).chain(swept -> {
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
