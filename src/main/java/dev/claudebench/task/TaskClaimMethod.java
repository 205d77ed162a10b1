package dev.claudebench.task;

import static java.time.temporal.ChronoUnit.SECONDS;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;

import jakarta.annotation.security.RolesAllowed;
import jakarta.enterprise.context.ApplicationScoped;

import org.eclipse.microprofile.faulttolerance.CircuitBreaker;
import org.jspecify.annotations.Nullable;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;

import dev.claudebench.method.CallContext;
import dev.claudebench.method.IntRange;
import dev.claudebench.method.Json;
import dev.claudebench.method.Permission;
import dev.claudebench.method.PlainText;
import dev.claudebench.method.RateLimited;
import dev.claudebench.method.RpcMethod;
import dev.claudebench.redis.Reply;
import io.quarkus.runtime.annotations.RegisterForReflection;
import io.smallrye.faulttolerance.api.CircuitBreakerName;
import io.smallrye.mutiny.Uni;

@ApplicationScoped
@RegisterForReflection
class TaskClaimMethod implements RpcMethod<TaskClaimMethod.Params, TaskClaimMethod.Result> {
    static final int DEFAULT_MAX_TASKS = 1;

    private final TaskStore tasks;
    private final ClaimWaiters waiters;

    TaskClaimMethod(TaskStore tasks, ClaimWaiters waiters) {
        this.tasks = tasks;
        this.waiters = waiters;
    }

    record Params(
            @PlainText @JsonPropertyDescription("id of the worker") String workerId,
            @IntRange(min = 1, max = 10)
            @JsonProperty(defaultValue = "" + DEFAULT_MAX_TASKS)
            @JsonPropertyDescription("maximum number of tasks") @Nullable Integer maxTasks,
            @PlainText @JsonPropertyDescription(TaskStore.SESSION) @Nullable String sessionId,
            @JsonPropertyDescription("""
                                     true to get first the tasks that the worker has in progress, under new claims: for a worker that \
                                     was restarted""")
            @Nullable Boolean resume,
            @IntRange(min = 0, max = 30_000)
            @JsonPropertyDescription("how long to wait, in ms, if there is no task to be had")
            @Nullable Integer waitMs) {}

    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Result(
            @JsonPropertyDescription("whether any task was claimed") boolean claimed,
            @JsonPropertyDescription("id of the first task") @Nullable String taskId,
            @JsonPropertyDescription("the first task") @Nullable Task task,
            @JsonPropertyDescription("resumed tasks first") List<Task> tasks,
            @JsonPropertyDescription("number of tasks that the worker has in progress now") int held,
            @JsonIgnore int room,
            @JsonIgnore Set<String> roles) {

        static Result from(Reply reply) {
            List<Task> tasks = reply.list("tasks").stream().map(Task::from).toList();
            Task first = tasks.isEmpty() ? null : tasks.get(0);
            Set<String> roles = new HashSet<>();
            Json.read(reply.text("roles")).forEach(role -> roles.add(role.textValue()));
            return new Result(first != null, first == null ? null : first.id(), first, tasks, reply.count("held"),
                    reply.count("room"), roles);
        }
    }

    @Override
    public String name() {
        return "task.claim";
    }

    @Override
    public String description() {
        return """
               Begins tasks for a worker, as many as its capacity allows: the best ones that nobody has begun and that its \
               roles allow, by priority, then age, whoever they are assigned to; of equal priority its own first. A task whose \
               `resources` are in use is passed over. With `waitMs`, the reply waits until there is a task.""";
    }

    @Override
    public List<String> refusals() {
        return List.of("worker_not_registered", "held_by_another_session", "not_a_worker", "quota_claims");
    }

    @Override
    @RolesAllowed(Permission.AGENT)
    @CircuitBreaker(delay = 1, delayUnit = SECONDS)
    @CircuitBreakerName("task.claim")
    @RateLimited(limit = 6000)
    public Uni<Result> call(Params params, CallContext context) {
        return tasks.claim(params, context);
    }

    @Override
    public Uni<Result> afterCall(Params params, Result result, CallContext context) {
        int waitMillis = Objects.requireNonNullElse(params.waitMs(), 0);
        return result.claimed() || waitMillis == 0
                ? Uni.createFrom().item(result)
                : waiters.await(result, Duration.ofMillis(waitMillis), context,
                        () -> tasks.claim(params, context));
    }
}
