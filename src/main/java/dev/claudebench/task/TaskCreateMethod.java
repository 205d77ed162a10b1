package dev.claudebench.task;

import jakarta.enterprise.context.ApplicationScoped;

import dev.claudebench.rpc.Caller;
import dev.claudebench.rpc.RpcMethod;
import io.smallrye.mutiny.Uni;

/** {@code task.create}: accepts a task, which is pending until a worker gets it. */
@ApplicationScoped
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
    public Class<TaskCreateParams> paramsType() {
        return TaskCreateParams.class;
    }

    @Override
    public Uni<Task> call(TaskCreateParams params, Caller caller) {
        return tasks.create(params);
    }
}
