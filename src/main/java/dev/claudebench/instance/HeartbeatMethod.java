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

/** {@code system.heartbeat}. */
@ApplicationScoped
@RegisterForReflection
class HeartbeatMethod implements RpcMethod<HeartbeatMethod.Params, HeartbeatMethod.Result> {
    private final InstanceStore instances;

    HeartbeatMethod(InstanceStore instances) {
        this.instances = instances;
    }

    /** What it takes. */
    record Params(
            @PlainText @JsonPropertyDescription("the instance") String instanceId,
            @PlainText @JsonPropertyDescription(RegisterParams.SESSION_ID) @Nullable String sessionId) {}

    /** What it answers. */
    record Result(
            @JsonPropertyDescription("false when it is gone or held by another session: register") boolean alive) {}

    @Override
    public String name() {
        return "system.heartbeat";
    }

    @Override
    public String description() {
        return """
               Renews an instance, its health and, if it leads, its lease; fills a leader vacancy, and tops a worker \
               up to its fair share of the tasks. It never brings a dead instance back.""";
    }

    @Override
    public Class<Params> paramsType() {
        return Params.class;
    }

    @Override
    @CircuitBreaker(delay = 1, delayUnit = ChronoUnit.SECONDS)
    @CircuitBreakerName("system.heartbeat")
    @RateLimited(limit = 6000)
    public Uni<Result> call(Params params, CallContext context) {
        return instances.heartbeat(params.instanceId(), params.sessionId(), context).map(Result::new);
    }
}
