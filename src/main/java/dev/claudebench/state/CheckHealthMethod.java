package dev.claudebench.state;

import static java.time.temporal.ChronoUnit.SECONDS;

import jakarta.annotation.security.RolesAllowed;
import jakarta.enterprise.context.ApplicationScoped;

import org.eclipse.microprofile.faulttolerance.CircuitBreaker;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;

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
class CheckHealthMethod implements RpcMethod<NoParams, CheckHealthMethod.Result> {
    private final StateStore states;

    CheckHealthMethod(StateStore states) {
        this.states = states;
    }

    record Result(
            @JsonPropertyDescription("instances seen within half their time to live") long healthy,
            @JsonPropertyDescription("expired instances that this call removed") long failed,
            @JsonPropertyDescription("tasks of the removed instances that are pending again") long reassigned) {}

    @Override
    public String name() {
        return "system.check_health";
    }

    @Override
    public String description() {
        return "Counts the healthy instances and removes expired ones, at most 100.";
    }

    @Override
    public boolean isIdempotent() {
        return true;
    }

    @Override
    @RolesAllowed(Permission.AGENT)
    @CircuitBreaker(delay = 1, delayUnit = SECONDS)
    @CircuitBreakerName("system.check_health")
    @RateLimited(limit = 600)
    public Uni<Result> call(NoParams params, CallContext context) {
        return states.checkHealth(context);
    }
}
