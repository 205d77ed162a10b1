package dev.claudebench.task;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.validation.constraints.Min;

import org.jspecify.annotations.Nullable;

import com.fasterxml.jackson.databind.JsonNode;

import dev.claudebench.rpc.Caller;
import dev.claudebench.rpc.Failure;
import dev.claudebench.rpc.JsonSize;
import dev.claudebench.rpc.PlainText;
import dev.claudebench.rpc.Prose;
import dev.claudebench.rpc.RpcMethod;
import io.smallrye.mutiny.Uni;

/** {@code task.complete}: the worker that holds a task says how it ended. Saying the same twice is harmless. */
@ApplicationScoped
class TaskCompleteMethod implements RpcMethod<TaskCompleteMethod.Params, TaskStore.End> {
    private final TaskStore tasks;

    TaskCompleteMethod(TaskStore tasks) {
        this.tasks = tasks;
    }

    /**
     * What it takes.
     *
     * @param id the task; {@code taskId} is another name for it, and one of the two has to be given
     * @param workerId who holds the task, null to go by the session alone; one of the two has to be given
     * @param sessionId the session that registered the worker, null if it was anonymous
     * @param result what came of it, null for nothing
     * @param error what went wrong; null when the task is done
     * @param attempts the member of that name of the task as it was claimed: a report of an earlier attempt, come late, is
     *            told from one of this attempt then. Null to leave that open
     */
    record Params(@PlainText @Nullable String id, @PlainText @Nullable String taskId,
            @PlainText @Nullable String workerId, @PlainText @Nullable String sessionId,
            @JsonSize(max = JsonSize.METADATA) @Nullable JsonNode result,
            @Prose @Nullable String error,
            @Min(0) @Nullable Integer attempts) {

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
    public Class<Params> paramsType() {
        return Params.class;
    }

    @Override
    public Uni<TaskStore.End> call(Params params, Caller caller) {
        return tasks.complete(params);
    }
}
