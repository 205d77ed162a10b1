package dev.claudebench.redis;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;

import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;
import org.eclipse.microprofile.health.Startup;
import org.jboss.logging.Logger;

import dev.claudebench.method.Failure;
import io.quarkus.runtime.StartupEvent;
import io.smallrye.health.api.AsyncHealthCheck;
import io.smallrye.mutiny.Uni;

/** Up from the first time that the service is ready. A later failure of Redis makes it unready, not unstarted. */
@Startup
@ApplicationScoped
class StartupCheck implements AsyncHealthCheck {
    private static final Logger LOG = Logger.getLogger(StartupCheck.class);
    private static final String NAME = "redis-reached-once";

    private final ReadinessCheck readiness;
    private volatile boolean started;

    StartupCheck(@Readiness ReadinessCheck readiness) {
        this.readiness = readiness;
    }

    /** Logs why the service is not ready, unless Redis is unavailable, which {@link Outages} logs. */
    void probeOnce(@Observes StartupEvent event) {
        readiness.probe().subscribe().with(reply -> {
        }, failure -> {
            if (!(failure instanceof Failure.Unavailable)) {
                LOG.warnf("Redis does not run the scripts of the service: %s", RedisFailures.reason(failure));
            }
        });
    }

    @Override
    public Uni<HealthCheckResponse> call() {
        if (started) {
            return Uni.createFrom().item(HealthCheckResponse.up(NAME));
        }
        return readiness.call().map(ready -> {
            started = ready.getStatus() == HealthCheckResponse.Status.UP;
            return new HealthCheckResponse(NAME, ready.getStatus(), ready.getData());
        });
    }
}
