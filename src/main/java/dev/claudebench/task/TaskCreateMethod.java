package dev.claudebench.task;

import static java.time.temporal.ChronoUnit.SECONDS;

import java.util.List;

import jakarta.enterprise.context.ApplicationScoped;

import org.eclipse.microprofile.faulttolerance.CircuitBreaker;
import org.jspecify.annotations.Nullable;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import com.fasterxml.jackson.databind.node.ObjectNode;

import dev.claudebench.method.CallContext;
import dev.claudebench.method.IntRange;
import dev.claudebench.method.JsonSize;
import dev.claudebench.method.PlainText;
import dev.claudebench.method.RateLimited;
import dev.claudebench.method.RoleList;
import dev.claudebench.method.RpcMethod;
import io.quarkus.runtime.annotations.RegisterForReflection;
import io.smallrye.faulttolerance.api.CircuitBreakerName;
import io.smallrye.mutiny.Uni;

@ApplicationScoped
@RegisterForReflection
class TaskCreateMethod implements RpcMethod<TaskCreateMethod.Params, Task> {
    static final int DEFAULT_PRIORITY = 50;

    private final TaskStore tasks;

    TaskCreateMethod(TaskStore tasks) {
        this.tasks = tasks;
    }

    record Params(
            @PlainText(max = 500, lines = true) @JsonPropertyDescription("what is to be done") String text,
            @IntRange(min = 0, max = 100)
            @JsonProperty(defaultValue = "" + DEFAULT_PRIORITY)
            @JsonPropertyDescription("tasks with a higher priority are assigned first") @Nullable Integer priority,
            @RoleList(max = 4) @JsonPropertyDescription("roles that a worker must have") @Nullable List<String> roles,
            @JsonSize(max = JsonSize.METADATA) @JsonPropertyDescription("any information about the task")
            @Nullable ObjectNode metadata,
            @PlainText @JsonPropertyDescription("identifies repeated calls, which return the same task")
            @Nullable String idempotencyKey) {}

    @Override
    public String name() {
        return "task.create";
    }

    @Override
    public String description() {
        return """
               Creates a task, which is pending until it is assigned: higher priority first, within a priority in the \
               order of creation. Only instances with the role `worker` and all `roles` of the task get it. If the \
               `idempotencyKey` was used recently, no task is created and the result is the earlier one.""";
    }

    @Override
    public List<String> refusals() {
        return List.of("too_many_role_sets");
    }

    @Override
    @CircuitBreaker(delay = 1, delayUnit = SECONDS)
    @CircuitBreakerName("task.create")
    @RateLimited(limit = 6000)
    public Uni<Task> call(Params params, CallContext context) {
        return tasks.create(params, context);
    }
}
