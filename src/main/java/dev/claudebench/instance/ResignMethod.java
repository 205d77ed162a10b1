package dev.claudebench.instance;

import static java.time.temporal.ChronoUnit.SECONDS;

import jakarta.annotation.security.RolesAllowed;
import jakarta.enterprise.context.ApplicationScoped;

import org.eclipse.microprofile.faulttolerance.CircuitBreaker;
import org.jspecify.annotations.Nullable;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;

import dev.claudebench.method.CallContext;
import dev.claudebench.method.Permission;
import dev.claudebench.method.PlainText;
import dev.claudebench.method.RateLimited;
import dev.claudebench.method.RpcMethod;
import io.quarkus.runtime.annotations.RegisterForReflection;
import io.smallrye.faulttolerance.api.CircuitBreakerName;
import io.smallrye.mutiny.Uni;

@ApplicationScoped
@RegisterForReflection
class ResignMethod implements RpcMethod<ResignMethod.Params, ResignMethod.Result> {
    private final InstanceStore instances;

    ResignMethod(InstanceStore instances) {
        this.instances = instances;
    }

    record Params(
            @PlainText @JsonPropertyDescription("id of the leader") String instanceId,
            @PlainText @JsonPropertyDescription(RegisterMethod.SESSION_ID) @Nullable String sessionId) {}

    record Result(
            @JsonPropertyDescription("""
                                     false, with nothing changed, if the instance does not lead, another session holds it, or \
                                     nobody else is eligible""") boolean resigned) {}

    @Override
    public String name() {
        return "system.resign";
    }

    @Override
    public String description() {
        return "The leader resigns: leadership passes on at once to another eligible instance.";
    }

    @Override
    @RolesAllowed(Permission.AGENT)
    @CircuitBreaker(delay = 1, delayUnit = SECONDS)
    @CircuitBreakerName("system.resign")
    @RateLimited(limit = 600)
    public Uni<Result> call(Params params, CallContext context) {
        return instances.resign(params.instanceId(), params.sessionId(), context).map(Result::new);
    }
}
