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

    /** Runs the registration sequence. */
    Uni<Registration> register(RegisterParams instance, CallContext context) {
        return scripts.run(REGISTER, context, instance.id(), Json.text(instance.roles().stream().distinct().toList()),
                orEmpty(instance.sessionId()), Json.objectText(instance.metadata())).map(Registration::from);
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

    /** What an unregistration did. */
    @RegisterForReflection
    record Departure(
            @JsonPropertyDescription("also when it was gone; false if another session holds it") boolean unregistered,
            @JsonPropertyDescription("tasks of its that went back to pending") int tasksReassigned) {
        static Departure from(Reply reply) {
            return new Departure(reply.number("unregistered") == 1, reply.count("tasksReassigned"));
        }
    }

    /**
     * What a registration did.
     *
     * @param registered whether the instance is registered now by this session
     * @param message {@code registered}, {@code renewed}, or why not
     * @param becameLeader whether this registration made it the leader
     * @param leader the id of the leader, empty when there is none
     * @param term the fencing token of the leader's election
     * @param version of the global state
     * @param assigned how many tasks the worker was given
     * @param total how many tasks it holds now
     */
    record Registration(boolean registered, String message, boolean becameLeader, String leader, long term,
            long version, int assigned, int total) {

        static Registration from(Reply reply) {
            return new Registration(reply.number("registered") == 1, reply.text("message"),
                    reply.number("becameLeader") == 1, reply.text("leader"), reply.number("term"),
                    reply.number("version"), reply.count("assigned"), reply.count("total"));
        }
    }
}
