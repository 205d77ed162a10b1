package dev.claudebench.instance;

import java.time.temporal.ChronoUnit;

import jakarta.enterprise.context.ApplicationScoped;

import org.eclipse.microprofile.faulttolerance.CircuitBreaker;
import org.jspecify.annotations.Nullable;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;

import dev.claudebench.method.CallContext;
import dev.claudebench.method.PlainText;
import dev.claudebench.method.RateLimited;
import dev.claudebench.method.RpcMethod;
import io.quarkus.runtime.annotations.RegisterForReflection;
import io.smallrye.faulttolerance.api.CircuitBreakerName;
import io.smallrye.mutiny.Uni;

/** {@code system.unregister}. */
@ApplicationScoped
@RegisterForReflection
class UnregisterMethod implements RpcMethod<UnregisterMethod.Params, InstanceStore.Departure> {
    private final InstanceStore instances;

    UnregisterMethod(InstanceStore instances) {
        this.instances = instances;
    }

    /** What it takes. */
    record Params(
            @PlainText @JsonPropertyDescription("the instance") String instanceId,
            @PlainText @JsonPropertyDescription(RegisterParams.SESSION_ID) @Nullable String sessionId,
            @JsonPropertyDescription("accepted and not used: the only clock is that of Redis")
            @Nullable Long timestamp) {}

    @Override
    public String name() {
        return "system.unregister";
    }

    @Override
    public String description() {
        return """
               Takes an instance out. Its tasks go back to pending in their old order, and leadership passes on at \
               once. Saying so twice is harmless.""";
    }

    @Override
    public Class<Params> paramsType() {
        return Params.class;
    }

    @Override
    @CircuitBreaker(delay = 1, delayUnit = ChronoUnit.SECONDS)
    @CircuitBreakerName("system.unregister")
    @RateLimited(limit = 600)
    public Uni<InstanceStore.Departure> call(Params params, CallContext context) {
        return instances.unregister(params.instanceId(), params.sessionId(), context);
    }
}
