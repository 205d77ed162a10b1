package dev.claudebench.state;

import static java.time.temporal.ChronoUnit.SECONDS;

import java.util.Map;

import jakarta.annotation.security.RolesAllowed;
import jakarta.enterprise.context.ApplicationScoped;

import org.eclipse.microprofile.faulttolerance.CircuitBreaker;

import dev.claudebench.method.CallContext;
import dev.claudebench.method.NoParams;
import dev.claudebench.method.Permission;
import dev.claudebench.method.RateLimited;
import dev.claudebench.method.RpcMethod;
import io.quarkus.runtime.annotations.RegisterForReflection;
import io.smallrye.faulttolerance.api.CircuitBreakerName;
import io.smallrye.mutiny.Uni;

@ApplicationScoped
@RegisterForReflection
class MetricsMethod implements RpcMethod<NoParams, Map<String, Long>> {
    private final StateStore states;

    MetricsMethod(StateStore states) {
        this.states = states;
    }

    @Override
    public String name() {
        return "system.metrics";
    }

    @Override
    public String description() {
        return """
               Returns the counters of the fleet by name: `instances`, `workers`, `tasksScheduled`, `tasksBlocked`, \
               `tasksPending`, `tasksAssigned`, `tasksInProgress` and `tasksDead` at the time `updatedAt` (ms since 1970), and the totals \
               `registrations`, `unregistrations`, `expirations`, `elections`, `tasksCreated`, `tasksCompleted`, \
               `tasksFailed` (lost attempts), `tasksDied`, `tasksCancelled`, `calls` and `refusals` (calls that a rate \
               limit, a circuit breaker or the overload limit refused). A number that was always 0 is left out.""";
    }

    @Override
    @RolesAllowed(Permission.VIEWER)
    @CircuitBreaker(delay = 1, delayUnit = SECONDS)
    @CircuitBreakerName("system.metrics")
    @RateLimited(limit = 600)
    public Uni<Map<String, Long>> call(NoParams params, CallContext context) {
        return states.metrics(context);
    }
}
