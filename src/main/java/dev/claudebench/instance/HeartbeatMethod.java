package dev.claudebench.instance;

import static java.time.temporal.ChronoUnit.SECONDS;

import java.util.List;

import jakarta.annotation.security.RolesAllowed;
import jakarta.enterprise.context.ApplicationScoped;

import org.eclipse.microprofile.faulttolerance.CircuitBreaker;
import org.jspecify.annotations.Nullable;

import com.fasterxml.jackson.annotation.JsonInclude;
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
class HeartbeatMethod implements RpcMethod<HeartbeatMethod.Params, HeartbeatMethod.Result> {
    private final InstanceStore instances;

    HeartbeatMethod(InstanceStore instances) {
        this.instances = instances;
    }

    record Params(
            @PlainText @JsonPropertyDescription("id of the instance") String instanceId,
            @PlainText @JsonPropertyDescription(RegisterMethod.SESSION_ID) @Nullable String sessionId) {}

    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Result(
            @JsonPropertyDescription("false if it has expired or another session holds it: register") boolean alive,
            @JsonPropertyDescription("""
                                     ids of tasks in progress that were cancelled, or whose lease lapsed, since the last \
                                     heartbeat: stop working on them; left out if there are none""")
            @Nullable List<String> cancelled) {
        static Result from(Reply reply) {
            String taken = reply.text("taken");
            return new Result(reply.number("alive") == 1, taken.isEmpty() ? null : List.of(taken.split(" ")));
        }
    }

    @Override
    public String name() {
        return "system.heartbeat";
    }

    @Override
    public String description() {
        return """
               Renews an instance and, if it leads, its lease. Elects a leader if there is none, and assigns a worker \
               pending tasks up to its fair share. Does not revive an expired instance.""";
    }

    @Override
    public boolean isIdempotent() {
        return true;
    }

    @Override
    @RolesAllowed(Permission.AGENT)
    @CircuitBreaker(delay = 1, delayUnit = SECONDS)
    @CircuitBreakerName("system.heartbeat")
    @RateLimited(limit = 6000)
    public Uni<Result> call(Params params, CallContext context) {
        return instances.heartbeat(params.instanceId(), params.sessionId(), context);
    }
}
