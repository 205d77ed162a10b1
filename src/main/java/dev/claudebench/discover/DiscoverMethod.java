package dev.claudebench.discover;

import java.time.temporal.ChronoUnit;

import jakarta.enterprise.context.ApplicationScoped;

import org.eclipse.microprofile.faulttolerance.CircuitBreaker;

import dev.claudebench.method.CallContext;
import dev.claudebench.method.NoParams;
import dev.claudebench.method.RateLimited;
import dev.claudebench.method.RpcMethod;
import io.quarkus.runtime.annotations.RegisterForReflection;
import io.smallrye.faulttolerance.api.CircuitBreakerName;
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
    @CircuitBreaker(delay = 1, delayUnit = ChronoUnit.SECONDS)
    @CircuitBreakerName("rpc.discover")
    @RateLimited(limit = 0)
    public Uni<OpenRpcDocument> call(NoParams params, CallContext context) {
        return discovery.document();
    }
}
