package dev.claudebench.task;

import java.time.temporal.ChronoUnit;
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
import dev.claudebench.method.Prose;
import dev.claudebench.method.RateLimited;
import dev.claudebench.method.RpcMethod;
import io.quarkus.runtime.annotations.RegisterForReflection;
import io.smallrye.faulttolerance.api.CircuitBreakerName;
import io.smallrye.mutiny.Uni;

/** {@code task.complete}. */
@ApplicationScoped
@RegisterForReflection
class TaskCompleteMethod implements RpcMethod<TaskCompleteMethod.Params, TaskStore.End> {
    private final TaskStore tasks;

    TaskCompleteMethod(TaskStore tasks) {
        this.tasks = tasks;
    }

    /** What it takes. */
    record Params(
            @PlainText @JsonPropertyDescription("the task") @Nullable String id,
            @PlainText @JsonPropertyDescription("another name for id") @Nullable String taskId,
            @PlainText @JsonPropertyDescription("who holds the task") @Nullable String workerId,
            @PlainText @JsonPropertyDescription("the session that registered the worker; left out if it was anonymous")
            @Nullable String sessionId,
            @JsonSize(max = JsonSize.METADATA) @JsonPropertyDescription("what came of it: any JSON")
            @Nullable JsonNode result,
            @Prose @JsonPropertyDescription("what went wrong; left out when the task is done") @Nullable String error,
            @IntRange(min = 0)
            @JsonPropertyDescription("that member of the task as it was claimed")
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

    @Override
    public String name() {
        return "task.complete";
    }

    @Override
    public String description() {
        return """
               The worker that holds a task says how it ended. With an `error` it goes back to pending, in its old \
               place, until it has failed too often; then it is dead. Telling an end twice is answered the same way, and \
               so is telling the newest failure twice. Once the task was begun again, only `attempts` tells that from a \
               new failure.

               Give `id` or `taskId`; `workerId`, `sessionId` or both; not `result` and `error` together.""";
    }

    @Override
    public List<String> refusals() {
        return List.of("worker_not_registered", "task_not_found", "not_assigned_to_worker", "held_by_another_session",
                "task_not_claimed", "attempt_is_over", "task_already_ended");
    }

    @Override
    public Class<Params> paramsType() {
        return Params.class;
    }

    @Override
    @CircuitBreaker(delay = 1, delayUnit = ChronoUnit.SECONDS)
    @CircuitBreakerName("task.complete")
    @RateLimited(limit = 6000)
    public Uni<TaskStore.End> call(Params params, CallContext context) {
        return tasks.complete(params, context);
    }
}
