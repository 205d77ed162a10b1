package dev.claudebench.task;

import java.util.List;
import java.util.Objects;
import java.util.UUID;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;

import org.jspecify.annotations.Nullable;

import com.fasterxml.jackson.databind.JsonNode;

import dev.claudebench.bench.Benches;
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
    static final String CLAIM_NUMBER = "number of the claim; an older one is refused with claim_is_over";
    static final String WORKER = "id of the worker that holds the task";
    static final String SESSION = "session that registered the worker; left out if it was anonymous";

    /** Why a report on a claim is refused (lua/step/claim_holder.lua). */
    static final List<String> REPORT_REFUSALS = List.of("task_not_found", "claim_is_over", "not_assigned_to_worker",
            "task_already_ended", "worker_not_registered", "held_by_another_session", "task_not_claimed");
    private static final Script CREATE = Script.named("task_create");
    private static final Script CLAIM = Script.named("task_claim");
    private static final Script COMPLETE = Script.named("task_complete");
    private static final Script PROGRESS = Script.named("task_progress");
    private static final Script RELEASE = Script.named("task_release");
    private static final Script CANCEL = Script.named("task_cancel");
    private static final Script RETRY = Script.named("task_retry");
    private static final Script GET = Script.bulk("task_get");
    private static final Script LIST = Script.bulk("task_list");

    private final Scripts scripts;
    private final Benches benches;
    private final TaskConfig config;

    TaskStore(Scripts scripts, Benches benches, TaskConfig config) {
        this.scripts = scripts;
        this.benches = benches;
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
        return taskOf(benches.run(CREATE, context, UUID.randomUUID(), task.text(),
                Objects.requireNonNullElse(task.priority(), TaskCreateMethod.DEFAULT_PRIORITY), Json.text(roles),
                roleSet(roles), Json.objectText(task.metadata()), orEmpty(task.idempotencyKey()),
                orEmpty(task.leaseMs()),
                orEmpty(task.runAt()), orEmpty(task.delayMs()), Json.text(orEmpty(task.dependsOn())),
                Json.text(orEmpty(task.resources())), orEmpty(task.maxAttempts())));
    }

    Uni<TaskClaimMethod.Result> claim(TaskClaimMethod.Params params, CallContext context) {
        return run(CLAIM, context, params.workerId(), orEmpty(params.sessionId()),
                Objects.requireNonNullElse(params.maxTasks(), TaskClaimMethod.DEFAULT_MAX_TASKS),
                Boolean.TRUE.equals(params.resume()) ? 1 : 0).map(TaskClaimMethod.Result::from);
    }

    Uni<TaskCompleteMethod.Result> complete(TaskCompleteMethod.Params end, CallContext context) {
        JsonNode result = end.result();
        return run(COMPLETE, context, end.task(), orEmpty(end.claim()), orEmpty(end.workerId()),
                orEmpty(end.sessionId()),
                result == null || result.isNull() ? "" : Json.text(result), orEmpty(end.error()))
                .map(TaskCompleteMethod.Result::from);
    }

    Uni<TaskProgressMethod.Result> progress(TaskProgressMethod.Params params, CallContext context) {
        return run(PROGRESS, context, params.taskId(), orEmpty(params.claim()), orEmpty(params.workerId()),
                orEmpty(params.sessionId()), orEmpty(params.note()), orEmpty(params.percent())).map(reply -> {
                    long leaseUntil = reply.number("leaseUntil");
                    return new TaskProgressMethod.Result(leaseUntil == 0 ? null : leaseUntil);
                });
    }

    Uni<Task> release(TaskReleaseMethod.Params params, CallContext context) {
        return runForTask(RELEASE, context, params.taskId(), orEmpty(params.claim()), orEmpty(params.workerId()),
                orEmpty(params.sessionId()));
    }

    Uni<Task> cancel(TaskCancelMethod.Params params, CallContext context) {
        return runForTask(CANCEL, context, params.taskId(), orEmpty(params.reason()));
    }

    Uni<Task> retry(TaskRetryMethod.Params params, CallContext context) {
        return runForTask(RETRY, context, params.taskId());
    }

    Uni<TaskGetMethod.Result> get(String taskId, CallContext context) {
        return run(GET, context, taskId).map(TaskGetMethod.Result::from);
    }

    Uni<TaskListMethod.Result> list(TaskListMethod.Params params, int limit, CallContext context) {
        Cursor position = params.position();
        return scripts.run(LIST, context, limit, position.score(), position.id(), Objects.toString(params.status(), ""),
                Objects.toString(params.workerId(), ""))
                .map(reply -> TaskListMethod.Result.from(reply, params.list()));
    }

    /** Whoever reports on a task must say which claim of it is meant. */
    static void requireHolder(@Nullable Long claim, @Nullable String workerId, @Nullable String sessionId) {
        if (claim == null && workerId == null && sessionId == null) {
            throw Failure.InvalidParams.of("claim", "is required, unless workerId or sessionId is given");
        }
    }

    private static Object orEmpty(@Nullable Object value) {
        return value == null ? "" : value;
    }

    private static List<String> orEmpty(@Nullable List<String> values) {
        return values == null ? List.of() : values;
    }

    private Uni<Task> runForTask(Script script, CallContext context, Object... arguments) {
        return taskOf(scripts.run(script, context, arguments));
    }

    private static Uni<Task> taskOf(Uni<Reply> reply) {
        return carriedOut(reply).map(read -> Task.from(read.field("task")));
    }

    /** Runs a script that may refuse the call. */
    private Uni<Reply> run(Script script, CallContext context, Object... arguments) {
        return carriedOut(scripts.run(script, context, arguments));
    }

    private static Uni<Reply> carriedOut(Uni<Reply> reply) {
        return reply.invoke(read -> {
            if (read.has("refused")) {
                throw new Failure.Refused(read.text("refused"), read.textOrNull("status"));
            }
        });
    }

    /** Returns the name of a set of roles in the keys of the pending queues; see {@code lua/step/role_list.lua}. */
    private static String roleSet(List<String> roles) {
        return roles.isEmpty() ? "-" : String.join(",", roles.stream().sorted().toList());
    }
}
