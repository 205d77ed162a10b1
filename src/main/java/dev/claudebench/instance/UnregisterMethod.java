package dev.claudebench.instance;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.validation.constraints.NotNull;

import org.jspecify.annotations.Nullable;

import dev.claudebench.rpc.Caller;
import dev.claudebench.rpc.PlainText;
import dev.claudebench.rpc.RpcMethod;
import io.smallrye.mutiny.Uni;

/** {@code system.unregister}: an instance says that it goes. Saying so twice is harmless. */
@ApplicationScoped
class UnregisterMethod implements RpcMethod<UnregisterMethod.Params, InstanceStore.Departure> {
    private final InstanceStore instances;

    UnregisterMethod(InstanceStore instances) {
        this.instances = instances;
    }

    /**
     * What it takes.
     *
     * @param sessionId the session that registered the instance, null if it was anonymous
     * @param timestamp when the caller thinks that it goes; accepted for old callers and not used, since the only clock is
     *        the one of Redis
     */
    record Params(@NotNull @PlainText String instanceId, @PlainText @Nullable String sessionId,
            @Nullable Long timestamp) {}

    @Override
    public String name() {
        return "system.unregister";
    }

    @Override
    public Class<Params> paramsType() {
        return Params.class;
    }

    @Override
    public Uni<InstanceStore.Departure> call(Params params, Caller caller) {
        return instances.unregister(params.instanceId(), params.sessionId());
    }
}
