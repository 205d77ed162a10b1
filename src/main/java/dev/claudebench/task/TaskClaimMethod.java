package dev.claudebench.task;

import static java.time.temporal.ChronoUnit.SECONDS;

import java.util.List;
import java.util.Objects;

import jakarta.enterprise.context.ApplicationScoped;

import org.eclipse.microprofile.faulttolerance.CircuitBreaker;
import org.jspecify.annotations.Nullable;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;

import dev.claudebench.method.CallContext;
import dev.claudebench.method.IntRange;
import dev.claudebench.method.PlainText;
import dev.claudebench.method.RateLimited;
import dev.claudebench.method.RpcMethod;
import io.quarkus.runtime.annotations.RegisterForReflection;
import io.smallrye.faulttolerance.api.CircuitBreakerName;
import io.smallrye.mutiny.Uni;

@ApplicationScoped
@RegisterForReflection
class TaskClaimMethod implements RpcMethod<TaskClaimMethod.Params, TaskClaimMethod.Result> {
    private static final int DEFAULT_MAX_TASKS = 1;

    private final TaskStore tasks;

    TaskClaimMethod(TaskStore tasks) {
        this.tasks = tasks;
    }

    record Params(
            @PlainText @JsonPropertyDescription("id of the worker") String workerId,
            @IntRange(min = 1, max = 10)
            @JsonProperty(defaultValue = "" + DEFAULT_MAX_TASKS)
            @JsonPropertyDescription("maximum number of tasks") @Nullable Integer maxTasks,
            @PlainText @JsonPropertyDescription("session that registered the worker; left out if it was anonymous")
            @Nullable String sessionId) {}

    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Result(
            @JsonPropertyDescription("whether any task was claimed") boolean claimed,
            @JsonPropertyDescription("id of the first task") @Nullable String taskId,
            @JsonPropertyDescription("the first task") @Nullable Task task,
            @JsonPropertyDescription("first the assigned tasks, then those that were pending") List<Task> tasks) {
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
    public String description() {
        return """
               Claims tasks for a worker, up to its capacity: first those that are assigned to it, then the pending \
               ones that come first among those that its roles allow.""";
    }

    @Override
    public List<String> refusals() {
        return List.of("worker_not_registered");
    }

    @Override
    @CircuitBreaker(delay = 1, delayUnit = SECONDS)
    @CircuitBreakerName("task.claim")
    @RateLimited(limit = 6000)
    public Uni<Result> call(Params params, CallContext context) {
        int maxTasks = Objects.requireNonNullElse(params.maxTasks(), DEFAULT_MAX_TASKS);
        return tasks.claim(params.workerId(), params.sessionId(), maxTasks, context).map(Result::of);
    }
}
