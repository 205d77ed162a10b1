package dev.claudebench.task;

import static java.time.temporal.ChronoUnit.SECONDS;

import java.util.List;

import jakarta.annotation.security.RolesAllowed;
import jakarta.enterprise.context.ApplicationScoped;

import org.eclipse.microprofile.faulttolerance.CircuitBreaker;
import org.jspecify.annotations.Nullable;

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
class TaskCancelMethod implements RpcMethod<TaskCancelMethod.Params, Task> {
    private final TaskStore tasks;

    TaskCancelMethod(TaskStore tasks) {
        this.tasks = tasks;
    }

    record Params(
            @PlainText @JsonPropertyDescription("id of the task") String taskId,
            @PlainText(max = 1000, lines = true) @JsonPropertyDescription("why it is cancelled")
            @Nullable String reason) {}

    @Override
    public String name() {
        return "task.cancel";
    }

    @Override
    public String description() {
        return """
               Ends a task at once, whoever has it. Its holder is fenced off, and told by its next heartbeat. A repeated call has \
               no effect.""";
    }

    @Override
    public List<String> refusals() {
        return List.of("task_not_found", "task_already_ended");
    }

    @Override
    public boolean isIdempotent() {
        return true;
    }

    @Override
    public boolean isDestructive() {
        return true;
    }

    @Override
    @RolesAllowed(Permission.LEAD)
    @CircuitBreaker(delay = 1, delayUnit = SECONDS)
    @CircuitBreakerName("task.cancel")
    @RateLimited(limit = 6000)
    public Uni<Task> call(Params params, CallContext context) {
        return tasks.cancel(params, context);
    }
}
