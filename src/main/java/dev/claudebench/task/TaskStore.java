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

    /** A key that outlived its task would make a second one. */
    void checkConfig(@Observes StartupEvent event) {
        if (config.idempotencyTtl().compareTo(config.retention()) > 0) {
            throw new IllegalStateException("claudebench.task.idempotency-ttl (" + config.idempotencyTtl()
                    + ") must not be longer than claudebench.task.retention (" + config.retention() + ")");
        }
    }

    /** Accepts a task. */
    Uni<Task> create(TaskCreateParams task, CallContext context) {
        List<String> roles = Objects.requireNonNullElse(task.roles(), List.<String>of()).stream().distinct().toList();
        return run(CREATE, context, UUID.randomUUID(), task.text(),
                Objects.requireNonNullElse(task.priority(), TaskCreateParams.DEFAULT_PRIORITY), Json.text(roles),
                roleSet(roles), Json.objectText(task.metadata()), orEmpty(task.idempotencyKey()))
                .map(reply -> Task.from(reply.field("task")));
    }

    /** Begins tasks. */
    Uni<List<Task>> claim(String workerId, @Nullable String sessionId, int maxTasks, CallContext context) {
        return run(CLAIM, context, workerId, orEmpty(sessionId), maxTasks)
                .map(reply -> reply.list("tasks").stream().map(Task::from).toList());
    }

    /** Ends a task. */
    Uni<End> complete(TaskCompleteMethod.Params end, CallContext context) {
        JsonNode result = end.result();
        return run(COMPLETE, context, end.task(), orEmpty(end.workerId()), orEmpty(end.sessionId()),
                result == null || result.isNull() ? "" : Json.text(result), orEmpty(end.error()),
                end.attempts() == null ? "" : end.attempts()).map(End::from);
    }

    /** One page of tasks: those of the statuses, in that order, behind the cursor. */
    Uni<Page> list(int limit, TaskCursor cursor, List<String> statuses, CallContext context) {
        return scripts.run(LIST, context, limit, cursor.order(), cursor.id(), String.join(",", statuses))
                .map(Page::from);
    }

    /** A change, which the state of the fleet may not allow. */
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

    /** The name of a set of roles in the keys of the pending queues; see {@code lua/step/role_list.lua}. */
    private static String roleSet(List<String> roles) {
        return roles.isEmpty() ? "-" : String.join(",", roles.stream().sorted().toList());
    }
}
