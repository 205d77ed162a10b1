package dev.claudebench.redis;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;

import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

import dev.claudebench.method.Failure;
import dev.claudebench.method.LogLimit;
import io.quarkus.runtime.ShutdownEvent;

/**
 * Logs when Redis becomes unavailable, why, and when it is available again. Learns this from the outcome of each run of a script; the
 * sweep runs one every second, so an outage is also logged when no calls arrive.
 */
@ApplicationScoped
class Outages {
    private static final Logger LOG = Logger.getLogger(Outages.class);

    private final LogLimit limit = new LogLimit();
    /** The {@link System#nanoTime} of the first failure, null while Redis is available. */
    private volatile @Nullable Long lostNanos;
    private boolean isLogged;
    private volatile boolean isStopping;

    /** From now on the service itself ends its connections. */
    void stop(@Observes ShutdownEvent event) {
        isStopping = true;
    }

    /** Records that Redis has replied to a run. */
    void replied() {
        if (lostNanos != null) {
            end();
        }
    }

    /** Records that a run has failed. Ignores failures of which Redis is not the cause. */
    synchronized void failed(Throwable failure) {
        if (!(failure instanceof Failure.Unavailable) || isStopping) {
            return;
        }
        if (lostNanos == null) {
            lostNanos = System.nanoTime();
            isLogged = false;
        }
        // An outage that begins within ten seconds of another one is logged later, if it lasts.
        if (!isLogged && limit.admits("lost")) {
            isLogged = true;
            LOG.warnf("Redis is unavailable: %s", RedisFailures.reason(failure));
        }
    }

    /** Records that a call failed although Redis replied to its run. Logs it if Redis refused a command, such as a write. */
    void refused(Throwable failure) {
        if (failure instanceof Failure.Unavailable refusal && limit.admits(refusal.text())) {
            LOG.warnf("Redis refuses a call: %s", RedisFailures.reason(refusal));
        }
    }

    private synchronized void end() {
        Long lost = lostNanos;
        if (lost != null && isLogged) {
            LOG.infof("Redis is available again, after %.1f s", (System.nanoTime() - lost) / 1e9);
        }
        lostNanos = null;
    }
}
