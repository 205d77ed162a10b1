package dev.claudebench.instance;

import jakarta.enterprise.context.ApplicationScoped;

import org.jspecify.annotations.Nullable;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;

import dev.claudebench.method.Caller;
import dev.claudebench.method.PlainText;
import dev.claudebench.method.RpcMethod;
import io.quarkus.runtime.annotations.RegisterForReflection;
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
    public Uni<Result> call(Params params, Caller caller) {
        return instances.heartbeat(params.instanceId(), params.sessionId()).map(Result::new);
    }
}
