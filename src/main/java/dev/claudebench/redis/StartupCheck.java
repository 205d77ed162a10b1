package dev.claudebench.redis;

import java.util.Map;

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

/** Started once Redis has run a script; a Redis that fails later makes the service unready, not unstarted. */
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

    /** Tells the operator of a service that is up, but of no use yet. {@link Outages} tells of an unavailable Redis. */
    void tryOnce(@Observes StartupEvent event) {
        readiness.probe().subscribe().with(reply -> {
        }, failure -> {
            if (!(failure instanceof Failure.Unavailable)) {
                LOG.warnf("Redis runs no scripts for us yet: %s", RedisFailures.reason(failure));
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
            return started
                    ? HealthCheckResponse.up(NAME)
                    : HealthCheckResponse.named(NAME)
                            .down()
                            .withData("reason", String.valueOf(ready.getData().orElse(Map.of()).get("reason")))
                            .build();
        });
    }
}
