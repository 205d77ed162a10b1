package dev.claudebench.discover;

import jakarta.enterprise.context.ApplicationScoped;

import dev.claudebench.method.Caller;
import dev.claudebench.method.NoParams;
import dev.claudebench.method.RpcMethod;
import io.quarkus.runtime.annotations.RegisterForReflection;
import io.smallrye.mutiny.Uni;

/** {@code rpc.discover}: returns the OpenRPC document of the service. Does not call Redis. */
@ApplicationScoped
@RegisterForReflection
class DiscoverMethod implements RpcMethod<NoParams, OpenRpcDocument> {
    private final Discovery discovery;

    DiscoverMethod(Discovery discovery) {
        this.discovery = discovery;
    }

    @Override
    public String name() {
        return "rpc.discover";
    }

    @Override
    public String description() {
        return "Describes the service: this document.";
    }

    @Override
    public Class<NoParams> paramsType() {
        return NoParams.class;
    }

    @Override
    public Uni<OpenRpcDocument> call(NoParams params, Caller caller) {
        return discovery.document();
    }
}
