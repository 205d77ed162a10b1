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
class TaskReleaseMethod implements RpcMethod<TaskReleaseMethod.Params, Task> {
    private final TaskStore tasks;

    TaskReleaseMethod(TaskStore tasks) {
        this.tasks = tasks;
    }

    record Params(
            @PlainText @JsonPropertyDescription("id of the task") String taskId,
            @JsonPropertyDescription(TaskStore.CLAIM_NUMBER) @Nullable Long claim,
            @PlainText @JsonPropertyDescription(TaskStore.WORKER) @Nullable String workerId,
            @PlainText @JsonPropertyDescription(TaskStore.SESSION) @Nullable String sessionId) {

        Params {
            TaskStore.requireHolder(claim, workerId, sessionId);
        }
    }

    @Override
    public String name() {
        return "task.release";
    }

    @Override
    public String description() {
        return """
               Gives a claimed task back: it is pending again in its old place, and no attempt is counted. Give `claim`, or \
               `workerId`, `sessionId` or both. A repeated call has no effect.""";
    }

    @Override
    public List<String> refusals() {
        return TaskStore.REPORT_REFUSALS;
    }

    @Override
    public boolean isIdempotent() {
        return true;
    }

    @Override
    @RolesAllowed(Permission.AGENT)
    @CircuitBreaker(delay = 1, delayUnit = SECONDS)
    @CircuitBreakerName("task.release")
    @RateLimited(limit = 6000)
    public Uni<Task> call(Params params, CallContext context) {
        return tasks.release(params, context);
    }
}
