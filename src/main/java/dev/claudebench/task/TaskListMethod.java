package dev.claudebench.task;

import static java.time.temporal.ChronoUnit.SECONDS;

import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

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
import dev.claudebench.redis.Reply;
import io.quarkus.runtime.annotations.RegisterForReflection;
import io.smallrye.faulttolerance.api.CircuitBreakerName;
import io.smallrye.mutiny.Uni;

@ApplicationScoped
@RegisterForReflection
class TaskListMethod implements RpcMethod<TaskListMethod.Params, TaskListMethod.Result> {
    private static final int DEFAULT_LIMIT = 100;
    private static final List<String> STATUSES = Arrays.stream(Task.Status.values()).map(Task.Status::word).toList();

    private final TaskStore tasks;

    TaskListMethod(TaskStore tasks) {
        this.tasks = tasks;
    }

    record Params(
            @SchemaType(Task.Status.class) @JsonPropertyDescription("left out for all tasks") @Nullable String status,
            @IntRange(min = 1, max = 1000)
            @JsonProperty(defaultValue = "" + DEFAULT_LIMIT)
            @JsonPropertyDescription("maximum length of a page; a page of large tasks is shorter (512 KiB in all)")
            @Nullable Integer limit,
            @JsonPropertyDescription("cursor of the previous page, for this status; left out for the first page")
            @Nullable String cursor) {
        Params {
            if (status != null && !STATUSES.contains(status)) {
                throw Failure.InvalidParams.of("status", "must be one of " + String.join(", ", STATUSES));
            }
            if (cursor != null && TaskCursor.parse(cursor)
                    .filter(parsed -> status == null
                            ? STATUSES.contains(parsed.status())
                            : status.equals(parsed.status()))
                    .isEmpty()) {
                throw Failure.InvalidParams.of("cursor", "must be one that task.list gave for this status");
            }
        }
    }

    record Result(
            List<Task> tasks,
            @JsonInclude(JsonInclude.Include.NON_NULL)
            @JsonPropertyDescription("cursor for the next page; left out on the last page")
            @Nullable String cursor) {

        static Result from(Reply reply) {
            return new Result(reply.list("tasks").stream().map(Task::from).toList(), reply.has("status")
                    ? new TaskCursor(reply.text("status"), reply.text("order"), reply.text("id")).text()
                    : null);
        }
    }

    @Override
    public String name() {
        return "task.list";
    }

    @Override
    public String description() {
        return "Lists the tasks with a status in their order, or all tasks, in pages.";
    }

    @Override
    @CircuitBreaker(delay = 1, delayUnit = SECONDS)
    @CircuitBreakerName("task.list")
    @RateLimited(limit = 600)
    public Uni<Result> call(Params params, CallContext context) {
        List<String> statuses = params.status() == null ? STATUSES : List.of(params.status());
        TaskCursor cursor = Optional.ofNullable(params.cursor())
                .flatMap(TaskCursor::parse)
                .orElse(new TaskCursor(statuses.get(0), "-inf", ""));
        return tasks.list(Objects.requireNonNullElse(params.limit(), DEFAULT_LIMIT), cursor,
                statuses.subList(statuses.indexOf(cursor.status()), statuses.size()), context);
    }
}
