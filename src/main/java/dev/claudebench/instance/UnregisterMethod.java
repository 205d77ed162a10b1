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
import dev.claudebench.redis.Reply;
import io.quarkus.runtime.annotations.RegisterForReflection;
import io.smallrye.faulttolerance.api.CircuitBreakerName;
import io.smallrye.mutiny.Uni;

@ApplicationScoped
@RegisterForReflection
class UnregisterMethod implements RpcMethod<UnregisterMethod.Params, UnregisterMethod.Result> {
    private final InstanceStore instances;

    UnregisterMethod(InstanceStore instances) {
        this.instances = instances;
    }

    record Params(
            @PlainText @JsonPropertyDescription("id of the instance") String instanceId,
            @PlainText @JsonPropertyDescription(RegisterMethod.SESSION_ID) @Nullable String sessionId,
            @JsonPropertyDescription("accepted but ignored; Redis has the only clock")
            @Nullable Long timestamp) {}

    record Result(
            @JsonPropertyDescription("true also if it was gone; false if another session holds it") boolean unregistered,
            @JsonPropertyDescription("number of its tasks that are pending again") int tasksReassigned) {
        static Result from(Reply reply) {
            return new Result(reply.number("unregistered") == 1, reply.count("tasksReassigned"));
        }
    }

    @Override
    public String name() {
        return "system.unregister";
    }

    @Override
    public String description() {
        return """
               Removes an instance. Its tasks become pending again in their old order; if it led, a new leader is \
               elected at once. A repeated call has no effect.""";
    }

    @Override
    public boolean isIdempotent() {
        return true;
    }

    @Override
    public boolean isDestructive() {
        return true;
    }

    @Override
    @RolesAllowed(Permission.AGENT)
    @CircuitBreaker(delay = 1, delayUnit = SECONDS)
    @CircuitBreakerName("system.unregister")
    @RateLimited(limit = 600)
    public Uni<Result> call(Params params, CallContext context) {
        return instances.unregister(params.instanceId(), params.sessionId(), context);
    }
}
