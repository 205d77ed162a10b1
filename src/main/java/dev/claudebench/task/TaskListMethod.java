package dev.claudebench.task;

import static java.time.temporal.ChronoUnit.SECONDS;

import java.util.Arrays;
import java.util.List;
import java.util.Objects;

import jakarta.annotation.security.RolesAllowed;
import jakarta.enterprise.context.ApplicationScoped;

import org.eclipse.microprofile.faulttolerance.CircuitBreaker;
import org.jspecify.annotations.Nullable;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;

import dev.claudebench.method.CallContext;
import dev.claudebench.method.Failure;
import dev.claudebench.method.IntRange;
import dev.claudebench.method.Permission;
import dev.claudebench.method.PlainText;
import dev.claudebench.method.RateLimited;
import dev.claudebench.method.RpcMethod;
import dev.claudebench.method.SchemaType;
import dev.claudebench.redis.Cursor;
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
            @PlainText @JsonPropertyDescription("id of the worker that holds the tasks; left out for all tasks")
            @Nullable String workerId,
            @IntRange(min = 1, max = 1000)
            @JsonProperty(defaultValue = "" + DEFAULT_LIMIT)
            @JsonPropertyDescription("maximum length of a page; a page of large tasks is shorter (512 KiB in all)")
            @Nullable Integer limit,
            @JsonPropertyDescription("cursor of the previous page, for the same filters; left out for the first page")
            @Nullable String cursor) {
        Params {
            if (status != null && !STATUSES.contains(status)) {
                throw Failure.InvalidParams.of("status", "must be one of " + String.join(", ", STATUSES));
            }
            Cursor.of(list(status, workerId), cursor);
        }

        private static String list(@Nullable String status, @Nullable String workerId) {
            return "task.list\n" + Objects.toString(status, "") + "\n" + Objects.toString(workerId, "");
        }

        String list() {
            return list(status, workerId);
        }

        Cursor position() {
            return Cursor.of(list(), cursor);
        }
    }

    record Result(
            List<Task> tasks,
            @JsonInclude(JsonInclude.Include.NON_NULL)
            @JsonPropertyDescription("cursor for the next page; left out on the last page")
            @Nullable String cursor) {

        static Result from(Reply reply, String list) {
            return new Result(reply.list("records").stream().map(Task::from).toList(), Cursor.next(list, reply));
        }
    }

    @Override
    public String name() {
        return "task.list";
    }

    @Override
    public String description() {
        return """
               Lists tasks in pages: all tasks in the order of their creation, so that each task that exists throughout is \
               listed exactly once; those with a `status` in its order; or those that a worker holds. A page may be short, \
               or even empty, although it has a `cursor`.""";
    }

    @Override
    @RolesAllowed(Permission.VIEWER)
    @CircuitBreaker(delay = 1, delayUnit = SECONDS)
    @CircuitBreakerName("task.list")
    @RateLimited(limit = 600)
    public Uni<Result> call(Params params, CallContext context) {
        return tasks.list(params, Objects.requireNonNullElse(params.limit(), DEFAULT_LIMIT), context);
    }
}
