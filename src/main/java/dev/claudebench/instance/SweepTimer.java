package dev.claudebench.instance;

import jakarta.enterprise.context.ApplicationScoped;

import org.jboss.logging.Logger;

import io.quarkus.scheduler.Scheduled;
import io.smallrye.mutiny.Uni;

/**
 * Clears away what has died while nobody calls. Any number of replicas may do so at once: each sweep is one script, which
 * finds nothing where another has been.
 */
@ApplicationScoped
class SweepTimer {
    private static final Logger LOG = Logger.getLogger(SweepTimer.class);
    /** Rounds of one run, so that it ends even where instances die as fast as they are cleared away. */
    private static final int MAX_ROUNDS = 1000;

    private final InstanceStore instances;

    SweepTimer(InstanceStore instances) {
        this.instances = instances;
    }

    @Scheduled(every = "{claudebench.instance.sweep-interval}", concurrentExecution = Scheduled.ConcurrentExecution.SKIP)
    Uni<Void> sweep() {
        return sweep(MAX_ROUNDS).onFailure()
                .invoke(failure -> LOG.debug("sweep failed; the next one tries again", failure))
                .onFailure()
                .recoverWithNull();
    }

    /** One bounded script after the other, so that calls get their turn between them. */
    private Uni<Void> sweep(int rounds) {
        return instances.sweep()
                .chain(expired -> expired > 0 && rounds > 1 ? sweep(rounds - 1) : Uni.createFrom().voidItem());
    }
}
