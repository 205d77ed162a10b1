package dev.claudebench.state;

import java.util.Map;

import jakarta.enterprise.context.ApplicationScoped;

import dev.claudebench.rpc.Caller;
import dev.claudebench.rpc.NoParams;
import dev.claudebench.rpc.RpcMethod;
import io.smallrye.mutiny.Uni;

/** {@code system.metrics}: the counters of {@code cb:metrics:global}. */
@ApplicationScoped
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
    public Class<NoParams> paramsType() {
        return NoParams.class;
    }

    @Override
    public Uni<Map<String, Long>> call(NoParams params, Caller caller) {
        return states.metrics();
    }
}
