package dev.claudebench.task;

import static java.time.temporal.ChronoUnit.SECONDS;

import java.util.List;

import jakarta.annotation.security.RolesAllowed;
import jakarta.enterprise.context.ApplicationScoped;

import org.eclipse.microprofile.faulttolerance.CircuitBreaker;
import org.jspecify.annotations.Nullable;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.util.RawValue;

import dev.claudebench.method.CallContext;
import dev.claudebench.method.Json;
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
class TaskGetMethod implements RpcMethod<TaskGetMethod.Params, TaskGetMethod.Result> {
    private final TaskStore tasks;

    TaskGetMethod(TaskStore tasks) {
        this.tasks = tasks;
    }

    record Params(@PlainText @JsonPropertyDescription("id of the task") String taskId) {}

    record Result(
            Task task,
            @JsonPropertyDescription("tasks that must be completed before it") List<Dependency> dependencies,
            @SchemaType(ObjectNode[].class)
            @JsonPropertyDescription("its events, oldest first, at most 100: the members depend on the type") List<RawValue> history) {

        record Dependency(
                @JsonPropertyDescription("id of the task") String id,
                @SchemaType(Task.Status.class)
                @JsonPropertyDescription("null if the task is not kept any more") @Nullable String status) {
            private static Dependency from(Reply reply) {
                String status = reply.text("status");
                return new Dependency(reply.text("id"), status.isEmpty() ? null : status);
            }
        }

        static Result from(Reply reply) {
            return new Result(Task.from(reply.field("task")),
                    reply.list("dependencies").stream().map(Dependency::from).toList(),
                    reply.texts("history").stream().map(Json::raw).toList());
        }
    }

    @Override
    public String name() {
        return "task.get";
    }

    @Override
    public String description() {
        return """
               Returns a task with its history, and with the status of the tasks that it depends on.""";
    }

    @Override
    public List<String> refusals() {
        return List.of("task_not_found");
    }

    @Override
    @RolesAllowed(Permission.VIEWER)
    @CircuitBreaker(delay = 1, delayUnit = SECONDS)
    @CircuitBreakerName("task.get")
    @RateLimited(limit = 6000)
    public Uni<Result> call(Params params, CallContext context) {
        return tasks.get(params.taskId(), context);
    }
}
