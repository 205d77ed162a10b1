package dev.claudebench.model;

import static dev.claudebench.model.FleetEvents.json;
import static dev.claudebench.model.FleetEvents.quoted;
import static dev.claudebench.model.FleetModel.TICK;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;

import org.jspecify.annotations.NullMarked;
import org.jspecify.annotations.Nullable;

import dev.claudebench.model.FleetModel.Instance;
import dev.claudebench.model.FleetModel.Swept;
import dev.claudebench.model.FleetTasks.Status;
import dev.claudebench.model.FleetTasks.Task;
import dev.claudebench.model.FleetTasks.Terms;

/** What becomes of the tasks of the model. */
@NullMarked
final class FleetWork {
    private static final String A_TIME = "a time";
    private static final int KEY_LIFE = 60;
    private static final int LONGEST_BACKOFF = 2;

    private final FleetModel model;
    private final FleetTasks tasks;

    FleetWork(FleetModel model) {
        this.model = model;
        tasks = model.tasks;
    }

    /** Returns why a task with these terms must not be accepted, null if it must. */
    @Nullable
    String objection(Terms terms) {
        if (!terms.dependsOn().stream().allMatch(id -> tasks.find(id) != null)) {
            return "dependency_not_found";
        }
        return objectionToAnother();
    }

    /** Returns why no other task must be accepted, null if one must. */
    @Nullable
    String objectionToAnother() {
        long open = tasks.all().stream().filter(task -> !task.status.ended()).count();
        return open >= model.settings.mostTasks() ? "quota_tasks" : null;
    }

    Task create(String id, Terms terms) {
        model.count("tasksCreated");
        Task task = new Task(id, terms, model.totals.getOrDefault("tasksCreated", 0L));
        tasks.add(task, model.now + KEY_LIFE * TICK);
        task.fields.put("id", id);
        task.fields.put("text", "text of " + id);
        task.fields.put("priority", Integer.toString(terms.priority()));
        task.fields.put("roles", json(terms.roles()));
        task.fields.put("roleSet", terms.roleSet());
        task.fields.put("metadata", "{}");
        task.fields.put("order", Long.toString(task.order()));
        task.fields.put("attempts", "0");
        task.fields.put("createdAt", A_TIME);
        task.fields.put("maxAttempts", Integer.toString(terms.maxAttempts()));
        task.fields.put("leaseMs", Long.toString(terms.lease() * FleetRun.TICK_MILLIS));
        task.fields.put("dependsOn", json(terms.dependsOn()));
        task.fields.put("resources", json(terms.resources()));
        task.fields.put("bytes", Integer.toString(task.bytes()));
        task.runAt = terms.delay() == 0 ? 0 : model.now + terms.delay() * TICK;
        if (terms.delay() > 0) {
            task.fields.put("runAt", A_TIME);
        }
        waitForDependencies(task);
        putBack(task, task.runAt);
        emit("task.created", task, "priority", terms.priority(), "roles", json(terms.roles()), "status",
                quoted(task.status.text()));
        model.settle(true);
        return task;
    }

    private void waitForDependencies(Task task) {
        task.terms.dependsOn()
                .stream()
                .map(tasks::find)
                .filter(other -> other != null && other.status != Status.COMPLETED)
                .forEach(other -> task.waitsFor.add(other.id));
        task.fields.put("waitsFor", Integer.toString(task.waitsFor.size()));
    }

    /** A task that nobody has any more waits to be begun. */
    private void putBack(Task task, long runAt) {
        Set.of("workerId", "assignedAt", "claim", "claimedAt", "leaseUntil", "note", "percent")
                .forEach(task.fields::remove);
        if (!task.waitsFor.isEmpty()) {
            enter(task, Status.BLOCKED);
        } else if (runAt > model.now) {
            enter(task, Status.SCHEDULED);
            task.runAt = runAt;
            task.fields.put("runAt", A_TIME);
        } else {
            enter(task, Status.PENDING);
        }
    }

    private void enter(Task task, Status status) {
        task.status = status;
        task.fields.put("status", status.text());
        model.tasksMoved = true;
    }

    void requeue(Task task) {
        String holder = quoted(String.valueOf(task.worker()));
        putBack(task, 0);
        emit("task.requeued", task, "previousWorkerId", holder);
    }

    /** Gives a worker its fair share. Returns how many tasks that were. */
    int assign(Instance worker) {
        int open = tasks.count(Status.PENDING, Status.ASSIGNED, Status.IN_PROGRESS);
        int workers = Math.max(1, model.workers().size());
        int share = Math.min((open + workers - 1) / workers, model.capacity(worker));
        List<Task> given = tasks.in(Status.PENDING)
                .stream()
                .filter(worker::mayTake)
                .limit(Math.max(0, share - tasks.heldBy(worker.id).size()))
                .toList();
        for (Task task : given) {
            enter(task, Status.ASSIGNED);
            task.fields.put("workerId", worker.id);
            task.fields.put("assignedAt", A_TIME);
            emit("task.assigned", task, "workerId", quoted(worker.id));
        }
        return given.size();
    }

    /** Returns what the worker begins or resumes, null when it is refused. */
    @Nullable
    List<Task> claim(String id, String session, int most, boolean isResuming) {
        Swept swept = model.sweep();
        wake();
        Instance worker = model.liveOf(id, session);
        boolean isAllowed = worker != null && worker.isWorker();
        List<Task> claimed = new ArrayList<>();
        if (worker != null && isAllowed) {
            List<Task> held = tasks.heldBy(id, Status.IN_PROGRESS);
            if (isResuming) {
                held.stream().sorted(Comparator.comparingLong(FleetWork::claimOf)).forEach(task -> {
                    begin(task, id);
                    claimed.add(task);
                });
            }
            int wanted = Math.min(most - claimed.size(), model.capacity(worker) - held.size());
            beginBest(worker, wanted, claimed);
        }
        model.settle(swept.expired() > 0 || model.tasksMoved || (isAllowed && model.leader == null));
        return isAllowed ? claimed : null;
    }

    private void beginBest(Instance worker, int wanted, List<Task> claimed) {
        int begun = 0;
        int passedOver = 0;
        List<Task> best = tasks.in(Status.PENDING, Status.ASSIGNED)
                .stream()
                .filter(worker::mayTake)
                .sorted(Comparator.comparingInt((Task task) -> -task.terms.priority())
                        .thenComparing(task -> !worker.id.equals(task.worker()))
                        .thenComparing(FleetTasks.ORDER))
                .toList();
        for (Task task : best) {
            if (begun >= wanted || passedOver == model.settings.look()) {
                return;
            }
            if (tasks.areResourcesFree(task)) {
                begin(task, worker.id);
                claimed.add(task);
                begun++;
            } else {
                passedOver++;
            }
        }
    }

    private void begin(Task task, String worker) {
        String previous = task.worker();
        if (task.status != Status.IN_PROGRESS) {
            enter(task, Status.IN_PROGRESS);
        }
        long claim = model.events.claimOf(task.id, tasks.lastClaim);
        tasks.lastClaim = claim;
        task.claims.add(claim);
        task.fields.put("workerId", worker);
        task.fields.put("claim", Long.toString(claim));
        task.fields.put("claimedAt", A_TIME);
        startLease(task);
        if (previous == null || previous.equals(worker)) {
            emit("task.claimed", task, "claim", claim, "workerId", quoted(worker));
        } else {
            emit("task.claimed", task, "claim", claim, "workerId", quoted(worker), "previousWorkerId",
                    quoted(previous));
        }
    }

    void startLease(Task task) {
        if (task.terms.lease() > 0) {
            task.leaseUntil = model.now + task.terms.lease() * TICK;
            task.fields.put("leaseUntil", A_TIME);
        }
    }

    /** The end of a claim, which nothing speaks against, told by its holder. */
    void end(FleetReport report, Task task, String text) {
        Instance holder = model.instances.get(String.valueOf(task.worker()));
        if (holder == null) {
            throw new IllegalStateException(task.id + " has no holder");
        }
        String claim = String.valueOf(task.fields.get("claim"));
        task.fields.put("lastReport", report.kind().text());
        task.fields.put("lastClaim", claim);
        task.fields.put("lastWorker", holder.id);
        task.fields.put("lastSession", holder.session);
        task.fields.put("lastBy", "");
        switch (report.kind()) {
            case COMPLETED -> complete(task, text);
            case FAILED -> lose(task, "error", text);
            default -> {
                putBack(task, 0);
                task.fields.put("lastStatus", task.status.text());
                emit("task.released", task, "claim", claim, "previousWorkerId", quoted(holder.id));
                model.settle(true);
                return;
            }
        }
        task.fields.put("lastStatus", task.status.text());
        assign(holder);
        model.settle(true);
    }

    private void complete(Task task, String result) {
        task.fields.put("result", result);
        finish(task, Status.COMPLETED);
        model.count("tasksCompleted");
        emit("task.completed", task, "claim", claimOf(task), "workerId", quoted(String.valueOf(task.worker())));
        for (Task dependent : tasks.all()) {
            if (dependent.waitsFor.remove(task.id)) {
                dependent.fields.put("waitsFor", Integer.toString(dependent.waitsFor.size()));
                if (dependent.waitsFor.isEmpty()) {
                    putBack(dependent, dependent.runAt);
                    emit("task.unblocked", dependent, "status", quoted(dependent.status.text()));
                }
            }
        }
    }

    /** Its holder is removed. */
    void loseHolder(Task task, boolean isDead) {
        if (isDead && task.status == Status.IN_PROGRESS) {
            lose(task, "worker_died", "the worker " + task.worker() + " has died");
        } else {
            requeue(task);
        }
    }

    private void lose(Task task, String reason, String error) {
        String worker = quoted(String.valueOf(task.worker()));
        int attempts = task.attempts() + 1;
        task.fields.put("attempts", Integer.toString(attempts));
        task.fields.put("reason", reason);
        task.fields.put("error", error);
        model.count("tasksFailed");
        boolean isDead = attempts >= task.terms.maxAttempts();
        List<Object> failed = new ArrayList<>(List.of("attempts", attempts, "claim", claimOf(task), "reason",
                quoted(reason), "workerId", worker));
        if (isDead) {
            emit("task.failed", task, failed.toArray());
            finish(task, Status.DEAD);
            model.count("tasksDied");
            emit("task.dead", task, "attempts", attempts, "reason", quoted(reason), "workerId", worker);
        } else {
            failed.addAll(List.of("retryAt", quoted(A_TIME)));
            emit("task.failed", task, failed.toArray());
            putBack(task, model.now + Math.min(1 << (attempts - 1), LONGEST_BACKOFF) * TICK);
        }
    }

    private void finish(Task task, Status status) {
        forget(1);
        enter(task, status);
        task.endedAt = model.now;
        task.fields.put("completedAt", A_TIME);
    }

    void cancel(Task task, String reason) {
        if (task.status == Status.IN_PROGRESS) {
            tellHolder(task);
        }
        task.waitsFor.clear();
        finish(task, Status.CANCELLED);
        task.fields.remove("claim");
        task.fields.put("reason", reason);
        model.count("tasksCancelled");
        if (task.worker() == null) {
            emit("task.cancelled", task, "reason", quoted(reason));
        } else {
            emit("task.cancelled", task, "reason", quoted(reason), "workerId", quoted(task.worker()));
        }
        model.settle(true);
    }

    void retry(Task task) {
        Set.of("completedAt", "error", "reason", "result", "runAt", "lastReport", "lastClaim", "lastWorker",
                "lastSession", "lastBy", "lastStatus").forEach(task.fields::remove);
        task.fields.put("attempts", "0");
        task.runAt = 0;
        waitForDependencies(task);
        putBack(task, 0);
        emit("task.retried", task, "status", quoted(task.status.text()));
        model.settle(true);
    }

    /** Does what is due. */
    void wake() {
        for (Task task : tasks.in(Status.SCHEDULED)) {
            if (task.runAt <= model.now) {
                putBack(task, 0);
                emit("task.due", task);
            }
        }
        tasks.in(Status.IN_PROGRESS)
                .stream()
                .filter(task -> task.terms.lease() > 0 && task.leaseUntil <= model.now)
                .sorted(Comparator.comparingLong((Task task) -> task.leaseUntil).thenComparing(task -> task.id))
                .forEach(task -> {
                    tellHolder(task);
                    lose(task, "lease_lapsed", "no progress was reported within the lease");
                });
    }

    private void tellHolder(Task task) {
        Instance holder = model.live(String.valueOf(task.worker()));
        if (holder != null) {
            holder.taken.add(task.id);
        }
    }

    /** Makes room for so many that end now. */
    void forget(int ending) {
        model.tasksMoved |= tasks.forget(model.settings.retentionCount() - ending);
    }

    /** Claims of these tasks begin their leases anew. */
    void renewLeases(Set<String> ids) {
        tasks.in(Status.IN_PROGRESS).stream().filter(task -> ids.contains(task.id)).forEach(this::startLease);
    }

    private void emit(String type, Task task, Object... members) {
        List<Object> all = new ArrayList<>(List.of("id", quoted(task.id)));
        all.addAll(List.of(members));
        model.events.emit(type, all.toArray());
        task.history.add(type);
    }

    private static long claimOf(Task task) {
        return Long.parseLong(task.fields.getOrDefault("claim", "0"));
    }
}
