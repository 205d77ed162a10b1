package dev.claudebench.state;

import java.time.temporal.ChronoUnit;
import java.util.Objects;

import jakarta.enterprise.context.ApplicationScoped;

import org.eclipse.microprofile.faulttolerance.CircuitBreaker;

import dev.claudebench.method.CallContext;
import dev.claudebench.method.RateLimited;
import dev.claudebench.method.RpcMethod;
import io.quarkus.runtime.annotations.RegisterForReflection;
import io.smallrye.faulttolerance.api.CircuitBreakerName;
import io.smallrye.mutiny.Uni;

/** {@code system.get_state}. */
@ApplicationScoped
@RegisterForReflection
class GetStateMethod implements RpcMethod<GetStateParams, FleetState> {
    private final StateStore states;

    GetStateMethod(StateStore states) {
        this.states = states;
    }

    @Override
    public String name() {
        return "system.get_state";
    }

    @Override
    public String description() {
        return """
               Tells who is alive, who leads, what is to do and what happened, as of one moment.""";
    }

    @Override
    public Class<GetStateParams> paramsType() {
        return GetStateParams.class;
    }

    @Override
    @CircuitBreaker(delay = 1, delayUnit = ChronoUnit.SECONDS)
    @CircuitBreakerName("system.get_state")
    @RateLimited(limit = 600)
    public Uni<FleetState> call(GetStateParams params, CallContext context) {
        return states.read(Objects.requireNonNullElse(params.limit(), GetStateParams.DEFAULT_LIMIT), context);
    }
}
