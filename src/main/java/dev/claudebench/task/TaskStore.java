package dev.claudebench.task;

import java.util.List;
import java.util.Objects;
import java.util.UUID;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;

import org.jspecify.annotations.Nullable;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import com.fasterxml.jackson.databind.JsonNode;

import dev.claudebench.config.TaskConfig;
import dev.claudebench.method.CallContext;
import dev.claudebench.method.Failure;
import dev.claudebench.method.Json;
import dev.claudebench.method.SchemaType;
import dev.claudebench.redis.Reply;
import dev.claudebench.redis.Script;
import dev.claudebench.redis.Scripts;
import io.quarkus.runtime.StartupEvent;
import io.quarkus.runtime.annotations.RegisterForReflection;
import io.smallrye.mutiny.Uni;

/** Tasks in Redis. */
@ApplicationScoped
class TaskStore {
    private static final Script CREATE = Script.named("task_create");
    private static final Script CLAIM = Script.named("task_claim");
    private static final Script COMPLETE = Script.named("task_complete");
    private static final Script LIST = Script.bulk("task_list");

    private final Scripts scripts;
    private final TaskConfig config;

    TaskStore(Scripts scripts, TaskConfig config) {
        this.scripts = scripts;
        this.config = config;
    }

    /** An idempotency key that is kept longer than its task would create a second task. */
    void checkConfig(@Observes StartupEvent event) {
        if (config.idempotencyTtl().compareTo(config.retention()) > 0) {
            throw new IllegalStateException("claudebench.task.idempotency-ttl (" + config.idempotencyTtl()
                    + ") must not be longer than claudebench.task.retention (" + config.retention() + ")");
        }
    }

    Uni<Task> create(TaskCreateMethod.Params task, CallContext context) {
        List<String> roles = Objects.requireNonNullElse(task.roles(), List.<String>of()).stream().distinct().toList();
        return run(CREATE, context, UUID.randomUUID(), task.text(),
                task.priorityOrDefault(), Json.text(roles), roleSet(roles), Json.objectText(task.metadata()),
                orEmpty(task.idempotencyKey()))
                .map(reply -> Task.from(reply.field("task")));
    }

    Uni<List<Task>> claim(String workerId, @Nullable String sessionId, int maxTasks, CallContext context) {
        return run(CLAIM, context, workerId, orEmpty(sessionId), maxTasks)
                .map(reply -> reply.list("tasks").stream().map(Task::from).toList());
    }

    Uni<End> complete(TaskCompleteMethod.Params end, CallContext context) {
        JsonNode result = end.result();
        return run(COMPLETE, context, end.task(), orEmpty(end.workerId()), orEmpty(end.sessionId()),
                result == null || result.isNull() ? "" : Json.text(result), orEmpty(end.error()),
                end.attempts() == null ? "" : end.attempts()).map(End::from);
    }

    /** Lists tasks behind the cursor, with these statuses in this order. */
    Uni<TaskListMethod.Result> list(int limit, TaskCursor cursor, List<String> statuses, CallContext context) {
        return scripts.run(LIST, context, limit, cursor.order(), cursor.id(), String.join(",", statuses))
                .map(TaskListMethod.Result::from);
    }

    /** Runs a script that may refuse the call. */
    private Uni<Reply> run(Script script, CallContext context, Object... arguments) {
        return scripts.run(script, context, arguments).invoke(reply -> {
            if (reply.has("refused")) {
                throw new Failure.Refused(reply.text("refused"));
            }
        });
    }

    private static String orEmpty(@Nullable String text) {
        return text == null ? "" : text;
    }

    @RegisterForReflection
    record End(
            @JsonPropertyDescription("id of the task") String id,
            @SchemaType(Task.Status.class)
            @JsonPropertyDescription("pending if the task will be tried again") String status,
            @JsonPropertyDescription("when the task ended, in ms since 1970; null if it has not")
            @Nullable Long completedAt) {
        static End from(Reply reply) {
            long completedAt = reply.number("completedAt");
            return new End(reply.text("id"), reply.text("status"), completedAt == 0 ? null : completedAt);
        }
    }

    /** Returns the name of a set of roles in the keys of the pending queues; see {@code lua/step/role_list.lua}. */
    private static String roleSet(List<String> roles) {
        return roles.isEmpty() ? "-" : String.join(",", roles.stream().sorted().toList());
    }
}
