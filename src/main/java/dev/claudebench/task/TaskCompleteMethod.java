package dev.claudebench.task;

import static java.time.temporal.ChronoUnit.SECONDS;

import java.util.List;

import jakarta.enterprise.context.ApplicationScoped;

import org.eclipse.microprofile.faulttolerance.CircuitBreaker;
import org.jspecify.annotations.Nullable;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import com.fasterxml.jackson.databind.JsonNode;

import dev.claudebench.method.CallContext;
import dev.claudebench.method.Failure;
import dev.claudebench.method.IntRange;
import dev.claudebench.method.JsonSize;
import dev.claudebench.method.PlainText;
import dev.claudebench.method.RateLimited;
import dev.claudebench.method.RpcMethod;
import dev.claudebench.method.SchemaType;
import dev.claudebench.redis.Reply;
import io.quarkus.runtime.annotations.RegisterForReflection;
import io.smallrye.faulttolerance.api.CircuitBreakerName;
import io.smallrye.mutiny.Uni;

@ApplicationScoped
@RegisterForReflection
class TaskCompleteMethod implements RpcMethod<TaskCompleteMethod.Params, TaskCompleteMethod.Result> {
    private final TaskStore tasks;

    TaskCompleteMethod(TaskStore tasks) {
        this.tasks = tasks;
    }

    record Params(
            @PlainText @JsonPropertyDescription("id of the task") @Nullable String id,
            @PlainText @JsonPropertyDescription("alternative to id") @Nullable String taskId,
            @PlainText @JsonPropertyDescription("id of the worker that holds the task") @Nullable String workerId,
            @PlainText @JsonPropertyDescription("session that registered the worker; left out if it was anonymous")
            @Nullable String sessionId,
            @JsonSize(max = JsonSize.METADATA) @JsonPropertyDescription("result of the task: any JSON")
            @Nullable JsonNode result,
            @PlainText(max = 500, lines = true)
            @JsonPropertyDescription("why the attempt failed; left out if it succeeded") @Nullable String error,
            @IntRange(min = 0)
            @JsonPropertyDescription("value of attempts in the claimed task")
            @Nullable Integer attempts) {

        Params {
            if (id == null && taskId == null) {
                throw Failure.InvalidParams.of("taskId", "must not be null, unless id is given");
            }
            if (id != null && taskId != null && !id.equals(taskId)) {
                throw Failure.InvalidParams.of("taskId", "must be the same as id, or be left out");
            }
            if (workerId == null && sessionId == null) {
                throw Failure.InvalidParams.of("workerId", "must not be null, unless sessionId is given");
            }
            if (result != null && !result.isNull() && error != null) {
                throw Failure.InvalidParams.of("error", "must be left out when there is a result");
            }
        }

        String task() {
            return id != null ? id : String.valueOf(taskId);
        }
    }

    record Result(
            @JsonPropertyDescription("id of the task") String id,
            @SchemaType(Task.Status.class)
            @JsonPropertyDescription("pending if the task will be tried again") String status,
            @JsonPropertyDescription("when the task ended, in ms since 1970; null if it has not")
            @Nullable Long completedAt) {
        static Result from(Reply reply) {
            long completedAt = reply.number("completedAt");
            return new Result(reply.text("id"), reply.text("status"), completedAt == 0 ? null : completedAt);
        }
    }

    @Override
    public String name() {
        return "task.complete";
    }

    @Override
    public String description() {
        return """
               Reports how a task ended; the worker must hold it. With an `error` the task becomes pending again, in its \
               old place, or dead after too many failed attempts. A repeated report gets the same result. Pass the \
               `attempts` of the claimed task, so that a repeated failure is recognised even after the task was claimed \
               again.

               Give `id` or `taskId`; `workerId`, `sessionId` or both; not `result` and `error` together.""";
    }

    @Override
    public List<String> refusals() {
        return List.of("worker_not_registered", "task_not_found", "not_assigned_to_worker", "held_by_another_session",
                "task_not_claimed", "attempt_is_over", "task_already_ended");
    }

    @Override
    @CircuitBreaker(delay = 1, delayUnit = SECONDS)
    @CircuitBreakerName("task.complete")
    @RateLimited(limit = 6000)
    public Uni<Result> call(Params params, CallContext context) {
        return tasks.complete(params, context);
    }
}
