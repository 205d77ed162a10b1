package dev.claudebench.task;

import static java.time.temporal.ChronoUnit.SECONDS;

import java.util.List;

import jakarta.annotation.security.RolesAllowed;
import jakarta.enterprise.context.ApplicationScoped;

import org.eclipse.microprofile.faulttolerance.CircuitBreaker;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;

import dev.claudebench.method.CallContext;
import dev.claudebench.method.Permission;
import dev.claudebench.method.PlainText;
import dev.claudebench.method.RateLimited;
import dev.claudebench.method.RpcMethod;
import io.quarkus.runtime.annotations.RegisterForReflection;
import io.smallrye.faulttolerance.api.CircuitBreakerName;
import io.smallrye.mutiny.Uni;

@ApplicationScoped
@RegisterForReflection
class TaskRetryMethod implements RpcMethod<TaskRetryMethod.Params, Task> {
    private final TaskStore tasks;

    TaskRetryMethod(TaskStore tasks) {
        this.tasks = tasks;
    }

    record Params(@PlainText @JsonPropertyDescription("id of the task") String taskId) {}

    @Override
    public String name() {
        return "task.retry";
    }

    @Override
    public String description() {
        return """
               Gives a dead or cancelled task all its attempts again: it is pending, or blocked if it depends on tasks that are not \
               completed.""";
    }

    @Override
    public List<String> refusals() {
        return List.of("task_not_found", "task_is_neither_dead_nor_cancelled", "quota_tasks", "quota_bytes");
    }

    @Override
    @RolesAllowed(Permission.LEAD)
    @CircuitBreaker(delay = 1, delayUnit = SECONDS)
    @CircuitBreakerName("task.retry")
    @RateLimited(limit = 6000)
    public Uni<Task> call(Params params, CallContext context) {
        return tasks.retry(params, context);
    }
}
