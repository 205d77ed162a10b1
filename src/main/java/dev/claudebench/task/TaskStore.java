package dev.claudebench.task;

import java.util.List;
import java.util.Objects;
import java.util.UUID;

import jakarta.enterprise.context.ApplicationScoped;

import dev.claudebench.redis.Keys;
import dev.claudebench.redis.RedisConfig;
import dev.claudebench.redis.Script;
import dev.claudebench.redis.ScriptRunner;
import dev.claudebench.rpc.Failure;
import dev.claudebench.rpc.Json;
import io.smallrye.mutiny.Uni;

/** Tasks in Redis. */
@ApplicationScoped
class TaskStore {
    private static final Script CREATE = Script.load("task_create");

    private final ScriptRunner scripts;
    private final Keys keys;
    private final TaskConfig config;
    private final int streamLength;

    TaskStore(ScriptRunner scripts, Keys keys, TaskConfig config, RedisConfig redis) {
        this.scripts = scripts;
        this.keys = keys;
        this.config = config;
        this.streamLength = redis.streamLength();
    }

    /** Accepts a task. Fails with {@link Failure.Refused} for {@code too_many_role_sets}. */
    Uni<Task> create(TaskCreateParams task) {
        List<String> roles = Objects.requireNonNullElse(task.roles(), List.<String>of()).stream().distinct().toList();
        List<Object> arguments = List.of(streamLength, config.maxRoleSets(), UUID.randomUUID(), task.text(),
                Objects.requireNonNullElse(task.priority(), TaskCreateParams.DEFAULT_PRIORITY), Json.text(roles),
                roleSet(roles), Json.objectText(task.metadata()),
                Objects.requireNonNullElse(task.idempotencyKey(), ""), config.idempotencyTtl().toMillis());
        return scripts.run(CREATE, keys.prefix(), arguments).map(reply -> {
            if (reply.has("refused")) {
                throw new Failure.Refused(reply.text("refused"));
            }
            return Task.from(reply.field("task"));
        });
    }

    /** The name of a set of roles in the keys of the pending queues; see {@code lua/step/task_queues.lua}. */
    private static String roleSet(List<String> roles) {
        return roles.isEmpty() ? "-" : String.join(",", roles.stream().sorted().toList());
    }
}
