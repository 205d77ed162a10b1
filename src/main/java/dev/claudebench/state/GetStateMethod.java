package dev.claudebench.state;

import java.util.Objects;

import jakarta.enterprise.context.ApplicationScoped;

import dev.claudebench.method.Caller;
import dev.claudebench.method.RpcMethod;
import io.quarkus.runtime.annotations.RegisterForReflection;
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
    public Uni<FleetState> call(GetStateParams params, Caller caller) {
        return states.read(Objects.requireNonNullElse(params.limit(), GetStateParams.DEFAULT_LIMIT));
    }
}
