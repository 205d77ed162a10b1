package dev.claudebench.task;

import static java.time.temporal.ChronoUnit.SECONDS;

import java.util.List;
import java.util.regex.Pattern;

import jakarta.annotation.security.RolesAllowed;
import jakarta.enterprise.context.ApplicationScoped;

import org.eclipse.microprofile.faulttolerance.CircuitBreaker;
import org.jspecify.annotations.Nullable;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import com.fasterxml.jackson.databind.node.ObjectNode;

import dev.claudebench.bench.Benches;
import dev.claudebench.method.CallContext;
import dev.claudebench.method.Failure;
import dev.claudebench.method.IntRange;
import dev.claudebench.method.JsonSize;
import dev.claudebench.method.Permission;
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
            @PlainText(max = 16_384, lines = true) @JsonPropertyDescription("what is to be done") String text,
            @IntRange(min = 0, max = 100)
            @JsonProperty(defaultValue = "" + DEFAULT_PRIORITY)
            @JsonPropertyDescription("tasks with a higher priority are begun first") @Nullable Integer priority,
            @RoleList(max = 4) @JsonPropertyDescription("roles that a worker must have") @Nullable List<String> roles,
            @JsonSize(max = JsonSize.METADATA) @JsonPropertyDescription("any information about the task")
            @Nullable ObjectNode metadata,
            @PlainText @JsonPropertyDescription("identifies repeated calls, which return the same task")
            @Nullable String idempotencyKey,
            @IntRange(min = 1000, max = 86_400_000)
            @JsonPropertyDescription("""
                                     how long a claim may go without progress, in ms; left out for claudebench.task.lease""")
            @Nullable Integer leaseMs,
            @IntRange(min = 1_000_000_000_000L, max = 9_999_999_999_999L)
            @JsonPropertyDescription("when the task may be begun at the earliest, in ms since 1970; from 2001 to 2286")
            @Nullable Long runAt,
            @IntRange(min = 0) @JsonPropertyDescription("alternative to runAt: ms from now") @Nullable Integer delayMs,
            @JsonPropertyDescription("ids of tasks that must be completed before, at most 32")
            @Nullable List<String> dependsOn,
            @JsonPropertyDescription("""
                                     paths such as repo/src/parser that are held exclusively while the task is in progress, with \
                                     everything below them; at most 16 of at most 256 characters and 16 names""")
            @Nullable List<String> resources,
            @IntRange(min = 1, max = 100)
            @JsonPropertyDescription("number of lost attempts after which the task is dead; left out for the configured one")
            @Nullable Integer maxAttempts) {

        private static final int MAX_DEPENDENCIES = 32;
        private static final int MAX_RESOURCES = 16;
        private static final Pattern PATH = Pattern
                .compile("(?=.{1,256}$)(?!(?:.*/)?\\.{1,2}(?:/|$))[^/\\p{Cc}\\p{Cs}]+(?:/[^/\\p{Cc}\\p{Cs}]+){0,15}");

        Params {
            if (runAt != null && delayMs != null) {
                throw Failure.InvalidParams.of("delayMs", "must be left out when there is runAt");
            }
            dependsOn = distinct("dependsOn", dependsOn, MAX_DEPENDENCIES);
            resources = distinct("resources", resources, MAX_RESOURCES).stream()
                    .map(path -> path.replaceAll("/+", "/").replaceAll("^/|/$", ""))
                    .distinct()
                    .toList();
            for (int i = 0; i < resources.size(); i++) {
                if (!PATH.matcher(resources.get(i)).matches()) {
                    throw Failure.InvalidParams.of("resources[" + i + "]",
                            "must be a path of at most 256 characters and 16"
                                    + " names, none of them . or .., without control characters");
                }
            }
        }

        private static List<String> distinct(String name, @Nullable List<String> values, int max) {
            if (values == null) {
                return List.of();
            }
            if (values.contains(null)) {
                throw Failure.InvalidParams.of(name, "must not contain null");
            }
            List<String> distinct = values.stream().distinct().toList();
            if (distinct.size() > max) {
                throw Failure.InvalidParams.of(name, "must hold at most " + max + " different ones");
            }
            return distinct;
        }
    }

    @Override
    public String name() {
        return "task.create";
    }

    @Override
    public String description() {
        return """
               Creates a task, which is pending until it is begun: higher priority first, within a priority in the order of \
               creation. Only instances with the role `worker` and all `roles` of the task get it. It is blocked until the \
               tasks in `dependsOn` are completed, and scheduled until `runAt`. If the `idempotencyKey` was used recently, \
               no task is created and the result is the earlier one.""";
    }

    @Override
    public List<String> refusals() {
        return List.of("dependency_not_found", "quota_tasks", "quota_bytes", Benches.TOO_MANY);
    }

    @Override
    @RolesAllowed(Permission.LEAD)
    @CircuitBreaker(delay = 1, delayUnit = SECONDS)
    @CircuitBreakerName("task.create")
    @RateLimited(limit = 6000)
    public Uni<Task> call(Params params, CallContext context) {
        return tasks.create(params, context);
    }
}
