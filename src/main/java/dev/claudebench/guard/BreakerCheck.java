package dev.claudebench.guard;

import java.util.Locale;

import jakarta.enterprise.context.ApplicationScoped;

import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.HealthCheckResponseBuilder;

import io.smallrye.faulttolerance.api.CircuitBreakerMaintenance;
import io.smallrye.faulttolerance.api.CircuitBreakerState;
import io.smallrye.health.api.Wellness;

/** Shows the circuit breakers that are not closed. Always up, and no part of readiness: a replica must get calls to close them. */
@Wellness
@ApplicationScoped
class BreakerCheck implements HealthCheck {
    private final MethodGuards guards;
    private final CircuitBreakerMaintenance maintenance;

    BreakerCheck(MethodGuards guards, CircuitBreakerMaintenance maintenance) {
        this.guards = guards;
        this.maintenance = maintenance;
    }

    @Override
    public HealthCheckResponse call() {
        HealthCheckResponseBuilder response = HealthCheckResponse.named("circuit-breakers").up();
        guards.calls().keySet().forEach(method -> {
            CircuitBreakerState state = maintenance.currentState(method);
            if (state != CircuitBreakerState.CLOSED) {
                response.withData(method, state.name().toLowerCase(Locale.ROOT));
            }
        });
        return response.build();
    }
}
