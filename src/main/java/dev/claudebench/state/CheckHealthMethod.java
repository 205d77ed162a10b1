package dev.claudebench.state;

import jakarta.enterprise.context.ApplicationScoped;

import dev.claudebench.rpc.Caller;
import dev.claudebench.rpc.NoParams;
import dev.claudebench.rpc.RpcMethod;
import io.smallrye.mutiny.Uni;

/** {@code system.check_health}: counts who is well, and clears away who has died. */
@ApplicationScoped
class CheckHealthMethod implements RpcMethod<NoParams, CheckHealthMethod.Result> {
    private final StateStore states;

    CheckHealthMethod(StateStore states) {
        this.states = states;
    }

    /**
     * What it answers.
     *
     * @param healthy instances seen within half their time to live
     * @param failed instances that this call found dead and cleared away, a hundred at most
     * @param reassigned tasks of theirs that went back to pending
     */
    record Result(long healthy, long failed, long reassigned) {}

    @Override
    public String name() {
        return "system.check_health";
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
