package dev.claudebench.task;

import java.util.List;
import java.util.Objects;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;

import org.jspecify.annotations.Nullable;

import com.fasterxml.jackson.annotation.JsonInclude;

import dev.claudebench.rpc.Caller;
import dev.claudebench.rpc.PlainText;
import dev.claudebench.rpc.RpcMethod;
import io.smallrye.mutiny.Uni;

/** {@code task.claim}: a worker begins tasks, those that it was assigned first. */
@ApplicationScoped
class TaskClaimMethod implements RpcMethod<TaskClaimMethod.Params, TaskClaimMethod.Result> {
    private static final int DEFAULT_MAX_TASKS = 1;

    private final TaskStore tasks;

    TaskClaimMethod(TaskStore tasks) {
        this.tasks = tasks;
    }

    /**
     * What it takes.
     *
     * @param maxTasks how many at most, null for one
     * @param sessionId the session that registered the worker, null if it was anonymous
     */
    record Params(@NotNull @PlainText String workerId, @Min(1) @Max(10) @Nullable Integer maxTasks,
            @PlainText @Nullable String sessionId) {}

    /**
     * What it answers.
     *
     * @param claimed whether there was anything to begin
     * @param taskId the first of the tasks, null when there is none
     * @param task the same
     * @param tasks all that were begun: those assigned to the worker, then those that were pending, each in their order
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Result(boolean claimed, @Nullable String taskId, @Nullable Task task, List<Task> tasks) {
        static Result of(List<Task> tasks) {
            Task first = tasks.isEmpty() ? null : tasks.get(0);
            return new Result(first != null, first == null ? null : first.id(), first, tasks);
        }
    }

    @Override
    public String name() {
        return "task.claim";
    }

    @Override
    public Class<Params> paramsType() {
        return Params.class;
    }

    @Override
    public Uni<Result> call(Params params, Caller caller) {
        int maxTasks = Objects.requireNonNullElse(params.maxTasks(), DEFAULT_MAX_TASKS);
        return tasks.claim(params.workerId(), params.sessionId(), maxTasks).map(Result::of);
    }
}
