package dev.claudebench.task;

import java.util.List;
import java.util.Objects;
import java.util.UUID;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;

import org.jspecify.annotations.Nullable;

import com.fasterxml.jackson.databind.JsonNode;

import dev.claudebench.config.TaskConfig;
import dev.claudebench.method.CallContext;
import dev.claudebench.method.Failure;
import dev.claudebench.method.Json;
import dev.claudebench.redis.Cursor;
import dev.claudebench.redis.Reply;
import dev.claudebench.redis.Script;
import dev.claudebench.redis.Scripts;
import io.quarkus.runtime.StartupEvent;
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
                Objects.requireNonNullElse(task.priority(), TaskCreateMethod.DEFAULT_PRIORITY), Json.text(roles),
                roleSet(roles), Json.objectText(task.metadata()),
                Objects.toString(task.idempotencyKey(), ""))
                .map(reply -> Task.from(reply.field("task")));
    }

    Uni<List<Task>> claim(String workerId, @Nullable String sessionId, int maxTasks, CallContext context) {
        return run(CLAIM, context, workerId, Objects.toString(sessionId, ""), maxTasks)
                .map(reply -> reply.list("tasks").stream().map(Task::from).toList());
    }

    Uni<TaskCompleteMethod.Result> complete(TaskCompleteMethod.Params end, CallContext context) {
        JsonNode result = end.result();
        return run(COMPLETE, context, end.task(), Objects.toString(end.workerId(), ""),
                Objects.toString(end.sessionId(), ""),
                result == null || result.isNull() ? "" : Json.text(result), Objects.toString(end.error(), ""),
                Objects.toString(end.attempts(), "")).map(TaskCompleteMethod.Result::from);
    }

    Uni<TaskListMethod.Result> list(TaskListMethod.Params params, int limit, CallContext context) {
        Cursor position = params.position();
        return scripts.run(LIST, context, limit, position.score(), position.id(), Objects.toString(params.status(), ""),
                Objects.toString(params.workerId(), ""))
                .map(reply -> TaskListMethod.Result.from(reply, params.list()));
    }

    /** Runs a script that may refuse the call. */
    private Uni<Reply> run(Script script, CallContext context, Object... arguments) {
        return scripts.run(script, context, arguments).invoke(reply -> {
            if (reply.has("refused")) {
                throw new Failure.Refused(reply.text("refused"));
            }
        });
    }

    /** Returns the name of a set of roles in the keys of the pending queues; see {@code lua/step/role_list.lua}. */
    private static String roleSet(List<String> roles) {
        return roles.isEmpty() ? "-" : String.join(",", roles.stream().sorted().toList());
    }
}
