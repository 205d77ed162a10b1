package dev.claudebench.redis;

import java.time.Duration;

import jakarta.enterprise.context.ApplicationScoped;

import org.jboss.logging.Logger;

import dev.claudebench.method.Failure;
import dev.claudebench.method.LogLimit;

/**
 * Logs when Redis is lost, why, and when it is back. It is told how each run of a script ends; since the service sweeps all the
 * time, an outage is logged even if nobody calls.
 */
@ApplicationScoped
class Outages {
    private static final Logger LOG = Logger.getLogger(Outages.class);

    private final LogLimit limit = new LogLimit();
    private volatile boolean isLost;
    private long lostNanos;
    private boolean isLogged;

    /** Redis has replied to a run. */
    void replied() {
        if (isLost) {
            end();
        }
    }

    /** A run has failed. Only a failure that Redis is to blame for is an outage. */
    synchronized void failed(Throwable failure) {
        if (!(failure instanceof Failure.Unavailable)) {
            return;
        }
        if (!isLost) {
            lostNanos = System.nanoTime();
            isLogged = false;
            isLost = true;
        }
        // an outage that begins soon after another is logged later, if it lasts
        if (!isLogged && limit.admits("lost")) {
            isLogged = true;
            LOG.warnf("Redis is unavailable: %s", RedisFailures.reason(failure));
        }
    }

    /** Redis has run a script, but refuses what one of its calls needs, such as writes. */
    void refused(Throwable failure) {
        if (failure instanceof Failure.Unavailable refusal && limit.admits(refusal.text())) {
            LOG.warnf("Redis refuses a call: %s", RedisFailures.reason(refusal));
        }
    }

    private synchronized void end() {
        if (isLost && isLogged) {
            LOG.infof("Redis is available again, after %.1f s",
                    Duration.ofNanos(System.nanoTime() - lostNanos).toMillis() / 1000.0);
        }
        isLost = false;
    }
}
