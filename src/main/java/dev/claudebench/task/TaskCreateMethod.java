package dev.claudebench.task;

import java.time.temporal.ChronoUnit;
import java.util.List;

import jakarta.enterprise.context.ApplicationScoped;

import org.eclipse.microprofile.faulttolerance.CircuitBreaker;

import dev.claudebench.method.CallContext;
import dev.claudebench.method.RateLimited;
import dev.claudebench.method.RpcMethod;
import io.quarkus.runtime.annotations.RegisterForReflection;
import io.smallrye.faulttolerance.api.CircuitBreakerName;
import io.smallrye.mutiny.Uni;

/** {@code task.create}. */
@ApplicationScoped
@RegisterForReflection
class TaskCreateMethod implements RpcMethod<TaskCreateParams, Task> {
    private final TaskStore tasks;

    TaskCreateMethod(TaskStore tasks) {
        this.tasks = tasks;
    }

    @Override
    public String name() {
        return "task.create";
    }

    @Override
    public String description() {
        return """
               Accepts a task, which is pending until a worker gets it: higher priority first, first come first served \
               within one. It goes to instances with the role `worker`, and if it names `roles`, only to those that \
               have all of them. With an `idempotencyKey` that was used not long ago nothing new is made, and the task \
               from then is the result.""";
    }

    @Override
    public List<String> refusals() {
        return List.of("too_many_role_sets");
    }

    @Override
    public Class<TaskCreateParams> paramsType() {
        return TaskCreateParams.class;
    }

    @Override
    @CircuitBreaker(delay = 1, delayUnit = ChronoUnit.SECONDS)
    @CircuitBreakerName("task.create")
    @RateLimited(limit = 6000)
    public Uni<Task> call(TaskCreateParams params, CallContext context) {
        return tasks.create(params, context);
    }
}
