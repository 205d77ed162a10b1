package dev.claudebench.instance;

import jakarta.enterprise.context.ApplicationScoped;

import org.jspecify.annotations.Nullable;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;

import dev.claudebench.method.CallContext;
import dev.claudebench.method.Json;
import dev.claudebench.redis.Reply;
import dev.claudebench.redis.Script;
import dev.claudebench.redis.Scripts;
import io.quarkus.runtime.annotations.RegisterForReflection;
import io.smallrye.mutiny.Uni;

/** Instances in Redis. */
@ApplicationScoped
class InstanceStore {
    private static final Script REGISTER = Script.named("system_register");
    private static final Script HEARTBEAT = Script.named("system_heartbeat");
    private static final Script UNREGISTER = Script.named("system_unregister");
    private static final Script SWEEP = Script.named("sweep");

    private final Scripts scripts;

    InstanceStore(Scripts scripts) {
        this.scripts = scripts;
    }

    Uni<RegisterMethod.Registration> register(RegisterMethod.Params instance, CallContext context) {
        return scripts.run(REGISTER, context, instance.id(), Json.text(instance.roles().stream().distinct().toList()),
                orEmpty(instance.sessionId()), Json.objectText(instance.metadata()))
                .map(reply -> RegisterMethod.Registration.from(instance.id(), context.caller().id(), reply));
    }

    /** Renews an instance. Returns false if it has expired or another session holds it. */
    Uni<Boolean> heartbeat(String instanceId, @Nullable String sessionId, CallContext context) {
        return scripts.run(HEARTBEAT, context, instanceId, orEmpty(sessionId)).map(reply -> reply.number("alive") == 1);
    }

    /** Removes an instance, unless another session holds it. */
    Uni<Departure> unregister(String instanceId, @Nullable String sessionId, CallContext context) {
        return scripts.run(UNREGISTER, context, instanceId, orEmpty(sessionId)).map(Departure::from);
    }

    /** Runs one bounded sweep. Returns how many instances it removed. */
    Uni<Long> sweep() {
        return scripts.run(SWEEP).map(reply -> reply.number("expired"));
    }

    private static String orEmpty(@Nullable String sessionId) {
        return sessionId == null ? "" : sessionId;
    }

    @RegisterForReflection
    record Departure(
            @JsonPropertyDescription("false if another session holds the instance; true also if it was not registered") boolean unregistered,
            @JsonPropertyDescription("number of its tasks that are pending again") int tasksReassigned) {
        static Departure from(Reply reply) {
            return new Departure(reply.number("unregistered") == 1, reply.count("tasksReassigned"));
        }
    }
}
