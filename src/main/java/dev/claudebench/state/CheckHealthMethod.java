package dev.claudebench.state;

import jakarta.enterprise.context.ApplicationScoped;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;

import dev.claudebench.method.Caller;
import dev.claudebench.method.NoParams;
import dev.claudebench.method.RpcMethod;
import io.quarkus.runtime.annotations.RegisterForReflection;
import io.smallrye.mutiny.Uni;

/** {@code system.check_health}. */
@ApplicationScoped
@RegisterForReflection
class CheckHealthMethod implements RpcMethod<NoParams, CheckHealthMethod.Result> {
    private final StateStore states;

    CheckHealthMethod(StateStore states) {
        this.states = states;
    }

    /** What it answers. */
    record Result(
            @JsonPropertyDescription("instances seen within half their time to live") long healthy,
            @JsonPropertyDescription("instances that this call found dead and cleared away") long failed,
            @JsonPropertyDescription("tasks of theirs that went back to pending") long reassigned) {}

    @Override
    public String name() {
        return "system.check_health";
    }

    @Override
    public String description() {
        return """
               Counts who is well, and clears away those that have died, a hundred at most.""";
    }

    @Override
    public Class<NoParams> paramsType() {
        return NoParams.class;
    }

    @Override
    public Uni<Result> call(NoParams params, Caller caller) {
        return states.checkHealth();
    }
}
