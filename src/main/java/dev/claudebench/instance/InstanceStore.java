package dev.claudebench.instance;

import java.util.List;

import jakarta.enterprise.context.ApplicationScoped;

import org.jspecify.annotations.Nullable;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;

import dev.claudebench.method.Json;
import dev.claudebench.redis.Keys;
import dev.claudebench.redis.RedisConfig;
import dev.claudebench.redis.Reply;
import dev.claudebench.redis.Script;
import dev.claudebench.redis.ScriptRunner;
import dev.claudebench.task.TaskConfig;
import io.quarkus.runtime.annotations.RegisterForReflection;
import io.smallrye.mutiny.Uni;

/** Instances in Redis. */
@ApplicationScoped
class InstanceStore {
    private static final Script REGISTER = Script.named("system_register");
    private static final Script HEARTBEAT = Script.named("system_heartbeat");
    private static final Script UNREGISTER = Script.named("system_unregister");
    private static final Script SWEEP = Script.named("sweep");

    private final ScriptRunner scripts;
    private final Keys keys;
    private final long ttlMillis;
    private final int capacity;
    private final int streamLength;
    private final long retentionMillis;

    InstanceStore(ScriptRunner scripts, Keys keys, InstanceConfig instances, TaskConfig tasks, RedisConfig redis) {
        this.scripts = scripts;
        this.keys = keys;
        this.ttlMillis = instances.ttl().toMillis();
        this.capacity = tasks.capacity();
        this.streamLength = redis.streamLength();
        this.retentionMillis = tasks.retention().toMillis();
    }

    /** Runs the registration sequence. */
    Uni<Registration> register(RegisterParams instance) {
        List<Object> arguments = List.of(ttlMillis, capacity, streamLength, instance.id(),
                Json.text(instance.roles().stream().distinct().toList()),
                orEmpty(instance.sessionId()), Json.objectText(instance.metadata()));
        return scripts.run(REGISTER, keys.prefix(), arguments).map(Registration::from);
    }

    /** Whether the instance is alive and of this session; it lives on then. */
    Uni<Boolean> heartbeat(String instanceId, @Nullable String sessionId) {
        List<Object> arguments = List.of(ttlMillis, capacity, streamLength, instanceId, orEmpty(sessionId));
        return scripts.run(HEARTBEAT, keys.prefix(), arguments).map(reply -> reply.number() == 1);
    }

    /** Takes an instance out, unless another session holds it. */
    Uni<Departure> unregister(String instanceId, @Nullable String sessionId) {
        return scripts.run(UNREGISTER, keys.prefix(), List.of(capacity, streamLength, instanceId, orEmpty(sessionId)))
                .map(Departure::from);
    }

    /** One bounded sweep; gives how many instances were expired. */
    Uni<Long> sweep() {
        return scripts.run(SWEEP, keys.prefix(), List.of(capacity, streamLength, retentionMillis)).map(Reply::number);
    }

    private static String orEmpty(@Nullable String sessionId) {
        return sessionId == null ? "" : sessionId;
    }

    /** What became of an instance that wants to go. */
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
                    reply.has("becameLeader"), reply.has("leader") ? reply.text("leader") : "", reply.number("term"),
                    reply.number("version"), reply.countOrZero("assigned"), reply.countOrZero("total"));
        }
    }
}
