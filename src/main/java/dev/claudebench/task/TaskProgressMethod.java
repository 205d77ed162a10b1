package dev.claudebench.task;

import static java.time.temporal.ChronoUnit.SECONDS;

import java.util.List;

import jakarta.annotation.security.RolesAllowed;
import jakarta.enterprise.context.ApplicationScoped;

import org.eclipse.microprofile.faulttolerance.CircuitBreaker;
import org.jspecify.annotations.Nullable;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;

import dev.claudebench.method.CallContext;
import dev.claudebench.method.IntRange;
import dev.claudebench.method.Permission;
import dev.claudebench.method.PlainText;
import dev.claudebench.method.RateLimited;
import dev.claudebench.method.RpcMethod;
import io.quarkus.runtime.annotations.RegisterForReflection;
import io.smallrye.faulttolerance.api.CircuitBreakerName;
import io.smallrye.mutiny.Uni;

@ApplicationScoped
@RegisterForReflection
class TaskProgressMethod implements RpcMethod<TaskProgressMethod.Params, TaskProgressMethod.Result> {
    private final TaskStore tasks;

    TaskProgressMethod(TaskStore tasks) {
        this.tasks = tasks;
    }

    record Params(
            @PlainText @JsonPropertyDescription("id of the task") String taskId,
            @JsonPropertyDescription(TaskStore.CLAIM_NUMBER) @Nullable Long claim,
            @PlainText @JsonPropertyDescription(TaskStore.WORKER) @Nullable String workerId,
            @PlainText @JsonPropertyDescription(TaskStore.SESSION) @Nullable String sessionId,
            @PlainText(max = 1000, lines = true) @JsonPropertyDescription("what has been done") @Nullable String note,
            @IntRange(min = 0, max = 100) @JsonPropertyDescription("how much has been done, in percent")
            @Nullable Integer percent) {

        Params {
            TaskStore.requireHolder(claim, workerId, sessionId);
        }
    }

    record Result(
            @JsonPropertyDescription("when the lease lapses, in ms since 1970; null for a claim without a lease")
            @Nullable Long leaseUntil) {}

    @Override
    public String name() {
        return "task.progress";
    }

    @Override
    public String description() {
        return """
               Reports progress of a task: the lease of the claim begins anew. Give `claim`, or `workerId`, `sessionId` or both.""";
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
    @CircuitBreakerName("task.progress")
    @RateLimited(limit = 6000)
    public Uni<Result> call(Params params, CallContext context) {
        return tasks.progress(params, context);
    }
}
