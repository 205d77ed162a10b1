package dev.claudebench.state;

import static java.time.temporal.ChronoUnit.SECONDS;

import java.util.Objects;

import jakarta.annotation.security.RolesAllowed;
import jakarta.enterprise.context.ApplicationScoped;

import org.eclipse.microprofile.faulttolerance.CircuitBreaker;
import org.jspecify.annotations.Nullable;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;

import dev.claudebench.method.CallContext;
import dev.claudebench.method.IntRange;
import dev.claudebench.method.Permission;
import dev.claudebench.method.RateLimited;
import dev.claudebench.method.RpcMethod;
import io.quarkus.runtime.annotations.RegisterForReflection;
import io.smallrye.faulttolerance.api.CircuitBreakerName;
import io.smallrye.mutiny.Uni;

@ApplicationScoped
@RegisterForReflection
class GetStateMethod implements RpcMethod<GetStateMethod.Params, FleetState> {
    private static final int DEFAULT_LIMIT = 100;

    private final StateStore states;

    GetStateMethod(StateStore states) {
        this.states = states;
    }

    record Params(
            @IntRange(min = 1, max = 1000)
            @JsonProperty(defaultValue = "" + DEFAULT_LIMIT)
            @JsonPropertyDescription("maximum length of each list; a list of large entries is shorter (512 KiB in all)")
            @Nullable Integer limit) {}

    @Override
    public String name() {
        return "system.get_state";
    }

    @Override
    public String description() {
        return """
               Returns the live instances, the leader, the unfinished tasks and recent events, as of one moment. If the \
               result is `truncated`, `totals` tells how many there are; `system.list_instances` and `task.list` show all \
               in pages.""";
    }

    @Override
    @RolesAllowed(Permission.VIEWER)
    @CircuitBreaker(delay = 1, delayUnit = SECONDS)
    @CircuitBreakerName("system.get_state")
    @RateLimited(limit = 600)
    public Uni<FleetState> call(Params params, CallContext context) {
        return states.read(Objects.requireNonNullElse(params.limit(), DEFAULT_LIMIT), context);
    }
}
