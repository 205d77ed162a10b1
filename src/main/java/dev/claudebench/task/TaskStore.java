package dev.claudebench.task;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;

import org.jspecify.annotations.Nullable;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import com.fasterxml.jackson.databind.JsonNode;

import dev.claudebench.method.Failure;
import dev.claudebench.method.Json;
import dev.claudebench.method.SchemaType;
import dev.claudebench.redis.BulkReads;
import dev.claudebench.redis.Keys;
import dev.claudebench.redis.RedisConfig;
import dev.claudebench.redis.Reply;
import dev.claudebench.redis.Script;
import dev.claudebench.redis.ScriptRunner;
import io.quarkus.runtime.StartupEvent;
import io.quarkus.runtime.annotations.RegisterForReflection;
import io.smallrye.mutiny.Uni;

/** Tasks in Redis. */
@ApplicationScoped
class TaskStore {
    private static final Script CREATE = Script.named("task_create");
    private static final Script CLAIM = Script.named("task_claim");
    private static final Script COMPLETE = Script.named("task_complete");
    private static final Script LIST = Script.named("task_list");

    private final ScriptRunner scripts;
    private final BulkReads bulk;
    private final Keys keys;
    private final TaskConfig config;
    private final int streamLength;

    TaskStore(ScriptRunner scripts, BulkReads bulk, Keys keys, TaskConfig config, RedisConfig redis) {
        this.scripts = scripts;
        this.bulk = bulk;
        this.keys = keys;
        this.config = config;
        this.streamLength = redis.streamLength();
    }

    /** A key that outlived its task would make a second one. */
    void checkConfig(@Observes StartupEvent event) {
        if (config.idempotencyTtl().compareTo(config.retention()) > 0) {
            throw new IllegalStateException("claudebench.task.idempotency-ttl (" + config.idempotencyTtl()
                    + ") must not be longer than claudebench.task.retention (" + config.retention() + ")");
        }
    }

    /** Accepts a task. Fails, like the other changes, with {@link Failure.Refused} for the reasons of its method. */
    Uni<Task> create(TaskCreateParams task) {
        List<String> roles = Objects.requireNonNullElse(task.roles(), List.<String>of()).stream().distinct().toList();
        List<Object> arguments = List.of(streamLength, config.maxRoleSets(), config.idempotencyTtl().toMillis(),
                UUID.randomUUID(), task.text(),
                Objects.requireNonNullElse(task.priority(), TaskCreateParams.DEFAULT_PRIORITY), Json.text(roles),
                roleSet(roles), Json.objectText(task.metadata()),
                orEmpty(task.idempotencyKey()));
        return run(CREATE, arguments).map(reply -> Task.from(reply.field("task")));
    }

    /** Begins tasks. */
    Uni<List<Task>> claim(String workerId, @Nullable String sessionId, int maxTasks) {
        List<Object> arguments = List.of(config.capacity(), streamLength, workerId, orEmpty(sessionId), maxTasks);
        return run(CLAIM, arguments).map(reply -> reply.list("tasks").stream().map(Task::from).toList());
    }

    /** Ends a task. */
    Uni<End> complete(TaskCompleteMethod.Params end) {
        JsonNode result = end.result();
        List<Object> arguments = List.of(config.capacity(), streamLength, config.maxAttempts(),
                config.retention().toMillis(), end.task(), orEmpty(end.workerId()), orEmpty(end.sessionId()),
                result == null || result.isNull() ? "" : Json.text(result), orEmpty(end.error()),
                end.attempts() == null ? "" : end.attempts());
        return run(COMPLETE, arguments).map(End::from);
    }

    /** One page of tasks: those of the statuses, in that order, behind the cursor. */
    Uni<Page> list(int limit, TaskCursor cursor, List<String> statuses) {
        List<Object> arguments = new ArrayList<>(List.of(limit, cursor.order(), cursor.id()));
        arguments.addAll(statuses);
        return bulk.run(LIST, keys.prefix(), arguments).map(Page::from);
    }

    private Uni<Reply> run(Script script, List<Object> arguments) {
        return scripts.run(script, keys.prefix(), arguments).invoke(reply -> {
            if (reply.has("refused")) {
                throw new Failure.Refused(reply.text("refused"));
            }
        });
    }

    private static String orEmpty(@Nullable String text) {
        return text == null ? "" : text;
    }

    /** How a task stands after its worker has reported. */
    @RegisterForReflection
    record End(
            @JsonPropertyDescription("the task") String id,
            @SchemaType(Task.Status.class)
            @JsonPropertyDescription("pending when it is to be tried again") String status,
            @JsonPropertyDescription("when it ended, in ms since 1970; null when it has not")
            @Nullable Long completedAt) {
        static End from(Reply reply) {
            long completedAt = reply.number("completedAt");
            return new End(reply.text("id"), reply.text("status"), completedAt == 0 ? null : completedAt);
        }
    }

    /**
     * Tasks in their order.
     *
     * @param next where the next page begins, null when there is none
     */
    record Page(List<Task> tasks, @Nullable TaskCursor next) {
        static Page from(Reply reply) {
            TaskCursor next = reply.has("status")
                    ? new TaskCursor(reply.text("status"), reply.text("order"), reply.text("id"))
                    : null;
            return new Page(reply.list("tasks").stream().map(Task::from).toList(), next);
        }
    }

    /** The name of a set of roles in the keys of the pending queues; see {@code lua/step/task_queues.lua}. */
    private static String roleSet(List<String> roles) {
        return roles.isEmpty() ? "-" : String.join(",", roles.stream().sorted().toList());
    }
}
