package dev.claudebench.task;

import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;

import jakarta.enterprise.context.ApplicationScoped;

import org.eclipse.microprofile.faulttolerance.CircuitBreaker;
import org.jspecify.annotations.Nullable;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;

import dev.claudebench.method.CallContext;
import dev.claudebench.method.Failure;
import dev.claudebench.method.IntRange;
import dev.claudebench.method.RateLimited;
import dev.claudebench.method.RpcMethod;
import dev.claudebench.method.SchemaType;
import io.quarkus.runtime.annotations.RegisterForReflection;
import io.smallrye.faulttolerance.api.CircuitBreakerName;
import io.smallrye.mutiny.Uni;

/** {@code task.list}. */
@ApplicationScoped
@RegisterForReflection
class TaskListMethod implements RpcMethod<TaskListMethod.Params, TaskListMethod.Result> {
    private static final int DEFAULT_LIMIT = 100;

    private final TaskStore tasks;

    TaskListMethod(TaskStore tasks) {
        this.tasks = tasks;
    }

    /** What it takes. */
    record Params(
            @SchemaType(Task.Status.class) @JsonPropertyDescription("left out for all") @Nullable String status,
            @IntRange(min = 1, max = 1000)
            @JsonProperty(defaultValue = "" + DEFAULT_LIMIT)
            @JsonPropertyDescription("the most tasks of a page, which has fewer when they are large (512 KiB in all)")
            @Nullable Integer limit,
            @JsonPropertyDescription("where to go on, as an earlier page gave it for this status; left out to begin")
            @Nullable String cursor) {
        Params {
            if (status != null && Arrays.stream(Task.Status.values()).noneMatch(one -> one.word().equals(status))) {
                throw Failure.InvalidParams.of("status", "must be one of " + Arrays.stream(Task.Status.values())
                        .map(Task.Status::word)
                        .collect(Collectors.joining(", ")));
            }
            if (cursor != null && !(TaskCursor.isValid(cursor)
                    && (status == null || status.equals(TaskCursor.parse(cursor).status())))) {
                throw Failure.InvalidParams.of("cursor", "must be one that task.list gave for this status");
            }
        }
    }

    /** What it answers. */
    record Result(
            List<Task> tasks,
            @JsonInclude(JsonInclude.Include.NON_NULL)
            @JsonPropertyDescription("where the next page begins; left out when this is the last")
            @Nullable String cursor) {}

    @Override
    public String name() {
        return "task.list";
    }

    @Override
    public String description() {
        return """
               Lists the tasks in a status, in their order, or all of them, page by page.""";
    }

    @Override
    public Class<Params> paramsType() {
        return Params.class;
    }

    @Override
    @CircuitBreaker(delay = 1, delayUnit = ChronoUnit.SECONDS)
    @CircuitBreakerName("task.list")
    @RateLimited(limit = 600)
    public Uni<Result> call(Params params, CallContext context) {
        List<String> statuses = Arrays.stream(Task.Status.values())
                .map(Task.Status::word)
                .filter(word -> params.status() == null || params.status().equals(word))
                .toList();
        TaskCursor cursor = params.cursor() == null
                ? TaskCursor.beginning(statuses.get(0))
                : TaskCursor.parse(params.cursor());
        int from = Math.max(0, statuses.indexOf(cursor.status()));
        return tasks.list(Objects.requireNonNullElse(params.limit(), DEFAULT_LIMIT), cursor,
                statuses.subList(from, statuses.size()), context)
                .map(page -> new Result(page.tasks(), page.next() == null ? null : page.next().text()));
    }
}
