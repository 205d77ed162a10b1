package dev.claudebench.state;

import static java.time.temporal.ChronoUnit.SECONDS;

import java.util.List;

import jakarta.annotation.security.RolesAllowed;
import jakarta.enterprise.context.ApplicationScoped;

import org.eclipse.microprofile.faulttolerance.CircuitBreaker;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;

import dev.claudebench.method.CallContext;
import dev.claudebench.method.Permission;
import dev.claudebench.method.PlainText;
import dev.claudebench.method.RateLimited;
import dev.claudebench.method.RpcMethod;
import io.quarkus.runtime.annotations.RegisterForReflection;
import io.smallrye.faulttolerance.api.CircuitBreakerName;
import io.smallrye.mutiny.Uni;

@ApplicationScoped
@RegisterForReflection
class GetInstanceMethod implements RpcMethod<GetInstanceMethod.Params, FleetState.Member> {
    private final StateStore states;

    GetInstanceMethod(StateStore states) {
        this.states = states;
    }

    record Params(@PlainText @JsonPropertyDescription("id of the instance") String instanceId) {}

    @Override
    public String name() {
        return "system.get_instance";
    }

    @Override
    public String description() {
        return "Returns a live instance. `task.list` with its id as `workerId` lists the tasks that it holds.";
    }

    @Override
    public List<String> refusals() {
        return List.of("instance_not_found");
    }

    @Override
    @RolesAllowed(Permission.VIEWER)
    @CircuitBreaker(delay = 1, delayUnit = SECONDS)
    @CircuitBreakerName("system.get_instance")
    @RateLimited(limit = 6000)
    public Uni<FleetState.Member> call(Params params, CallContext context) {
        return states.instance(params.instanceId(), context);
    }
}
