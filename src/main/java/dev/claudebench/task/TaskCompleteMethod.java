package dev.claudebench.task;

import static java.time.temporal.ChronoUnit.SECONDS;

import java.util.List;
import java.util.regex.Pattern;

import jakarta.annotation.security.RolesAllowed;
import jakarta.enterprise.context.ApplicationScoped;

import org.eclipse.microprofile.faulttolerance.CircuitBreaker;
import org.jspecify.annotations.Nullable;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import com.fasterxml.jackson.databind.JsonNode;

import dev.claudebench.method.CallContext;
import dev.claudebench.method.Failure;
import dev.claudebench.method.JsonSize;
import dev.claudebench.method.Permission;
import dev.claudebench.method.PlainText;
import dev.claudebench.method.RateLimited;
import dev.claudebench.method.RpcMethod;
import dev.claudebench.method.SchemaType;
import dev.claudebench.redis.Reply;
import io.quarkus.runtime.annotations.RegisterForReflection;
import io.smallrye.faulttolerance.api.CircuitBreakerName;
import io.smallrye.mutiny.Uni;

@ApplicationScoped
@RegisterForReflection
class TaskCompleteMethod implements RpcMethod<TaskCompleteMethod.Params, TaskCompleteMethod.Result> {
    private final TaskStore tasks;

    TaskCompleteMethod(TaskStore tasks) {
        this.tasks = tasks;
    }

    record Params(
            @PlainText @JsonPropertyDescription("id of the task") @Nullable String id,
            @PlainText @JsonPropertyDescription("alternative to id") @Nullable String taskId,
            @JsonPropertyDescription(TaskStore.CLAIM_NUMBER) @Nullable Long claim,
            @PlainText @JsonPropertyDescription(TaskStore.WORKER) @Nullable String workerId,
            @PlainText @JsonPropertyDescription(TaskStore.SESSION) @Nullable String sessionId,
            @JsonSize(max = JsonSize.METADATA) @JsonPropertyDescription("result of the task: any JSON")
            @Nullable JsonNode result,
            @JsonPropertyDescription("""
                                     why the attempt failed; left out if it succeeded. Control characters are removed, and what is \
                                     beyond 16,384 characters is cut off""")
            @Nullable String error) {

        private static final int MAX_ERROR = 16_384;
        private static final Pattern UNPRINTABLE = Pattern.compile("[\\p{Cc}\\p{Cs}&&[^\\t\\n\\r]]");

        Params {
            if (id == null && taskId == null) {
                throw Failure.InvalidParams.of("taskId", "is required, unless id is given");
            }
            if (id != null && taskId != null && !id.equals(taskId)) {
                throw Failure.InvalidParams.of("taskId", "must be the same as id, or be left out");
            }
            TaskStore.requireHolder(claim, workerId, sessionId);
            if (result != null && !result.isNull() && error != null) {
                throw Failure.InvalidParams.of("error", "must be left out when there is a result");
            }
            error = error == null ? null : clean(error);
        }

        /** A failing agent must always be able to say so. */
        private static String clean(String error) {
            String cut = error.length() > MAX_ERROR ? error.substring(0, MAX_ERROR) : error;
            String printable = UNPRINTABLE.matcher(cut).replaceAll("");
            return printable.isBlank() ? "no reason was given" : printable;
        }

        String task() {
            return id != null ? id : String.valueOf(taskId);
        }
    }

    record Result(
            @JsonPropertyDescription("id of the task") String id,
            @SchemaType(Task.Status.class)
            @JsonPropertyDescription("scheduled if the task will be tried again after a back-off") String status,
            @JsonPropertyDescription("when the task ended, in ms since 1970; null if it has not")
            @Nullable Long completedAt) {
        static Result from(Reply reply) {
            long completedAt = reply.number("completedAt");
            return new Result(reply.text("id"), reply.text("status"), completedAt == 0 ? null : completedAt);
        }
    }

    @Override
    public String name() {
        return "task.complete";
    }

    @Override
    public String description() {
        return """
               Reports how a task ended; the worker must hold it. With an `error` the attempt is lost: the task is tried again \
               after a back-off, or dead after too many. A repeated report of the same `claim` is answered the same way.

               Give `id` or `taskId`; `claim`, or `workerId`, `sessionId` or both; not `result` and `error` together.""";
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
    @CircuitBreakerName("task.complete")
    @RateLimited(limit = 6000)
    public Uni<Result> call(Params params, CallContext context) {
        return tasks.complete(params, context);
    }
}
