package dev.claudebench.redis;

import jakarta.enterprise.context.ApplicationScoped;

import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;
import org.eclipse.microprofile.health.Startup;

import io.smallrye.health.api.AsyncHealthCheck;
import io.smallrye.mutiny.Uni;

/** Started once Redis has run a script; a Redis that fails later makes the service unready, not unstarted. */
@Startup
@ApplicationScoped
class StartupCheck implements AsyncHealthCheck {
    private static final String NAME = "redis-reached-once";

    private final ReadinessCheck readiness;
    private volatile boolean started;

    StartupCheck(@Readiness ReadinessCheck readiness) {
        this.readiness = readiness;
    }

    @Override
    public Uni<HealthCheckResponse> call() {
        if (started) {
            return Uni.createFrom().item(HealthCheckResponse.up(NAME));
        }
        return readiness.call().map(ready -> {
            started = ready.getStatus() == HealthCheckResponse.Status.UP;
            return HealthCheckResponse.named(NAME).status(started).build();
        });
    }
}
