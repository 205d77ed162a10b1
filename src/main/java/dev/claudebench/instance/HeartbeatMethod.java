package dev.claudebench.instance;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.validation.constraints.NotNull;

import org.jspecify.annotations.Nullable;

import dev.claudebench.rpc.Caller;
import dev.claudebench.rpc.PlainText;
import dev.claudebench.rpc.RpcMethod;
import io.smallrye.mutiny.Uni;

/** {@code system.heartbeat}: keeps an instance alive, and with it what it leads and what it works on. */
@ApplicationScoped
class HeartbeatMethod implements RpcMethod<HeartbeatMethod.Params, HeartbeatMethod.Result> {
    private final InstanceStore instances;

    HeartbeatMethod(InstanceStore instances) {
        this.instances = instances;
    }

    /**
     * What it takes.
     *
     * @param sessionId the session that registered the instance, null if it was anonymous
     */
    record Params(@NotNull @PlainText String instanceId, @PlainText @Nullable String sessionId) {}

    /**
     * What it answers.
     *
     * @param alive false when the instance is gone or held by another session; it has to register then
     */
    record Result(boolean alive) {}

    @Override
    public String name() {
        return "system.heartbeat";
    }

    @Override
    public Class<Params> paramsType() {
        return Params.class;
    }

    @Override
    public Uni<Result> call(Params params, Caller caller) {
        return instances.heartbeat(params.instanceId(), params.sessionId()).map(Result::new);
    }
}
