package dev.claudebench.redis;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;

import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

import dev.claudebench.method.Failure;
import dev.claudebench.method.LogLimit;
import io.quarkus.runtime.ShutdownEvent;

/**
 * Logs when a server becomes unavailable, why, and when it is available again. Learns this from the outcome of each run of a script; the
 * sweep runs one every second, so an outage is also logged when no calls arrive.
 */
@ApplicationScoped
class Outages {
    private static final Logger LOG = Logger.getLogger(Outages.class);

    private volatile boolean isStopping;

    /** From now on the service itself ends its connections. */
    void stop(@Observes ShutdownEvent event) {
        isStopping = true;
    }

    /** @param server its name at the beginning of a sentence */
    Outage of(String server) {
        return new Outage(server);
    }

    /** The outages of one server. */
    final class Outage {
        private final String server;
        private final LogLimit limit = new LogLimit();
        /** The {@link System#nanoTime} of the first failure, null while the server is available. */
        private volatile @Nullable Long lostNanos;
        private boolean isLogged;
        private boolean isAdvised;

        private Outage(String server) {
            this.server = server;
        }

        /** Records that the server has replied to a run. */
        void replied() {
            if (lostNanos != null) {
                end("is available again");
            }
        }

        /** Records that a run has failed. Ignores failures of which the server is not the cause. */
        synchronized void failed(Throwable failure) {
            if (!(failure instanceof Failure.Unavailable unavailable) || isStopping) {
                return;
            }
            if (lostNanos == null) {
                lostNanos = System.nanoTime();
                isLogged = false;
                isAdvised = false;
            }
            // An outage that begins within ten seconds of another one is logged later, if it lasts. One that began otherwise may turn out to be a
            // wrong setup, such as that of a server that was still starting.
            boolean isAdvice = SetupAdvice.isCertain(unavailable.text());
            if ((!isLogged && limit.admits("lost")) || (isAdvice && !isAdvised && limit.admits(unavailable.text()))) {
                isLogged = true;
                isAdvised = isAdvice;
                LOG.warnf("%s is unavailable: %s", server, RedisFailures.reason(failure));
            }
        }

        /** Records that a call failed although the server replied to its run. Logs it if it refused a command, such as a write. */
        void refused(Throwable failure) {
            if (failure instanceof Failure.Unavailable refusal && limit.admits(refusal.text())) {
                LOG.warnf("%s refuses a call: %s", server, RedisFailures.reason(refusal));
            }
        }

        synchronized void end(String how) {
            Long lost = lostNanos;
            if (lost != null && isLogged) {
                LOG.infof("%s %s, after %.1f s", server, how, (System.nanoTime() - lost) / 1e9);
            }
            lostNanos = null;
        }
    }
}
