package dev.claudebench.model;

import static dev.claudebench.model.FleetEvents.json;
import static dev.claudebench.model.FleetEvents.quoted;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

import org.jspecify.annotations.NullMarked;
import org.jspecify.annotations.Nullable;

import dev.claudebench.model.FleetTasks.Status;
import dev.claudebench.model.FleetTasks.Task;

/**
 * What the fleet must be after each call, by sections 2 and 3 of the design, in plain Java. The one thing that it has to be
 * told is which of several equally loaded workers a task was taken from; that it reads in the events.
 */
@NullMarked
final class FleetModel {
    final FleetTasks tasks;
    /** What is registered, the dead that nobody has cleared away yet among them. */
    final Map<String, Instance> instances = new TreeMap<>();
    final Map<String, Long> totals = new TreeMap<>();
    /** The holder of the lease, null when it has lapsed. */
    @Nullable
    String leader;
    long term;
    /** What the newest version of the state says. */
    String announcedState = "";
    private @Nullable String announcedLeader;
    final FleetEvents events = new FleetEvents();
    /** Whether this call raises the version. */
    boolean changed;

    private final int sweepBatch;
    private long registrations;
    private long deaths;
    private final FleetSharing sharing;

    FleetModel(int sweepBatch) {
        this.sweepBatch = sweepBatch;
        tasks = new FleetTasks();
        sharing = new FleetSharing(this, tasks, events);
    }

    FleetModel(FleetModel other) {
        sweepBatch = other.sweepBatch;
        tasks = new FleetTasks(other.tasks);
        sharing = new FleetSharing(this, tasks, events);
        other.instances.forEach((id, instance) -> instances.put(id, new Instance(instance)));
        totals.putAll(other.totals);
        leader = other.leader;
        term = other.term;
        announcedState = other.announcedState;
        announcedLeader = other.announcedLeader;
        registrations = other.registrations;
        deaths = other.deaths;
    }

    /** One instance. */
    static final class Instance {
        final String id;
        final String session;
        final long registered;
        List<String> roles;
        /** Its place among the dead, 0 while it lives. */
        long death;
        /** Not seen within half its time to live. */
        boolean ageing;

        private Instance(String id, String session, long registered, List<String> roles) {
            this.id = id;
            this.session = session;
            this.registered = registered;
            this.roles = roles;
        }

        private Instance(Instance other) {
            this(other.id, other.session, other.registered, other.roles);
            death = other.death;
            ageing = other.ageing;
        }

        boolean alive() {
            return death == 0;
        }

        boolean worker() {
            return roles.contains("worker");
        }
    }

    /** How many were cleared away, and how many tasks of theirs went back. */
    record Swept(int expired, int requeued) {}

    /**
     * What a worker says of a task.
     *
     * @param worker empty when it is not named
     * @param attempts null when it does not say
     */
    record Report(String task, String worker, String session, boolean failed, @Nullable Integer attempts) {
        boolean by(String instance) {
            return worker.isEmpty() || worker.equals(instance);
        }
    }

    /** What a registration answers. */
    record Registered(boolean registered, boolean becameLeader, int assigned, int total) {}

    /** Begins a call; the events that it emitted settle what the design leaves open. */
    void begin(List<FleetSnapshot.Event> observed) {
        events.begin(observed);
        changed = false;
    }

    @Nullable
    Instance live(String id) {
        Instance instance = instances.get(id);
        return instance != null && instance.alive() ? instance : null;
    }

    @Nullable
    Instance liveOf(String id, String session) {
        Instance instance = live(id);
        return instance != null && instance.session.equals(session) ? instance : null;
    }

    /** In the order in which they would lead. */
    List<Instance> candidates() {
        return instances.values()
                .stream()
                .sorted(Comparator.comparing((Instance one) -> !one.roles.contains("leader"))
                        .thenComparingLong(one -> one.registered))
                .toList();
    }

    List<Instance> workers() {
        return instances.values().stream().filter(Instance::worker).toList();
    }

    Registered register(String id, String session, List<String> roles, int capacity) {
        Swept swept = sweep();
        Instance held = live(id);
        if (held != null && !held.session.equals(session)) {
            sharing.redistribute(swept.expired() > 0, capacity);
            settle(swept.expired() > 0);
            return new Registered(false, false, 0, 0);
        }
        int released = 0;
        Instance dead = instances.get(id);
        if (dead != null && !dead.alive()) {
            released = expire(dead);
        }
        Instance instance = held != null ? held : new Instance(id, session, ++registrations, roles);
        instance.roles = roles;
        instances.put(id, instance);
        for (Task task : tasks.unclaimedBy(id)) {
            if (!instance.worker() || !roles.containsAll(task.roles)) {
                requeue(task);
                released++;
            }
        }
        count("registrations");
        boolean elected = elect();
        boolean becameLeader = elected && id.equals(leader);
        events.emit("instance.registered", "becameLeader", becameLeader, "id", quoted(id), "roles", json(roles));
        announce();
        int assigned = sharing.fill(instance, capacity);
        int total = instance.worker() ? tasks.heldBy(id).size() : 0;
        sharing.redistribute(swept.expired() > 0 || released > 0, capacity);
        return new Registered(true, becameLeader, assigned, total);
    }

    boolean heartbeat(String id, String session, int capacity) {
        Swept swept = sweep();
        Instance instance = liveOf(id, session);
        int assigned = instance == null ? 0 : sharing.fill(instance, capacity);
        sharing.redistribute(swept.expired() > 0, capacity);
        settle(swept.expired() > 0 || assigned > 0 || (instance != null && leader == null));
        return instance != null;
    }

    /** Gives how many tasks went back, null when another session holds the instance. */
    @Nullable
    Integer unregister(String id, String session, int capacity) {
        Instance instance = instances.get(id);
        if (instance == null) {
            return 0;
        }
        if (instance.alive() && !instance.session.equals(session)) {
            return null;
        }
        int requeued;
        if (instance.alive()) {
            List<String> released = remove(instance);
            requeued = released.size();
            count("unregistrations");
            events.emit("instance.unregistered", "id", quoted(id), "tasks", json(released), "tasksReassigned",
                    requeued);
        } else {
            requeued = expire(instance);
        }
        sharing.redistribute(true, capacity);
        settle(true);
        return requeued;
    }

    Task create(String id, int priority, List<String> roles, String key) {
        count("tasksCreated");
        events.emit("task.created", "id", quoted(id), "priority", priority, "roles", json(roles));
        settle(true);
        return tasks.accept(id, priority, totals.getOrDefault("tasksCreated", 0L), roles, key);
    }

    /** Gives what the worker begins, null when it is refused. */
    @Nullable
    List<Task> claim(String worker, String session, int most, int capacity) {
        Swept swept = sweep();
        Instance instance = liveOf(worker, session);
        List<Task> claimed = new ArrayList<>();
        boolean allowed = instance != null && instance.worker();
        if (instance != null && allowed) {
            List<Task> unclaimed = tasks.unclaimedBy(worker);
            claimed.addAll(unclaimed.subList(0, Math.min(most, unclaimed.size())));
            int room = Math.min(most - unclaimed.size(), capacity - tasks.heldBy(worker).size());
            tasks.pendingFor(instance.roles).stream().limit(Math.max(0, room)).forEach(claimed::add);
        }
        for (Task task : claimed) {
            tasks.begin(task, worker);
            events.emit("task.claimed", "id", quoted(task.id), "workerId", quoted(worker));
        }
        sharing.redistribute(swept.expired() > 0, capacity);
        settle(swept.expired() > 0 || !claimed.isEmpty() || (allowed && leader == null));
        return allowed ? claimed : null;
    }

    /** Whether a report tells the newest failure of a task again. */
    boolean repeatsFailure(Task task, Report report) {
        if (!report.failed() || task.failedBy == null || task.status == Status.DEAD
                || !report.session().equals(task.failedSession) || !report.by(task.failedBy)) {
            return false;
        }
        if (report.attempts() != null) {
            return report.attempts() == task.failures - 1;
        }
        return task.awaitsRetry;
    }

    /** Every reason for which this report may be refused; none when it has to be accepted, also as a repetition. */
    Set<String> objections(Report report) {
        Task task = tasks.find(report.task());
        if (task == null) {
            return Set.of("task_not_found");
        }
        if (repeatsFailure(task, report)) {
            return Set.of();
        }
        String session = report.session();
        Set<String> reasons = new TreeSet<>();
        if (task.worker == null || !report.by(task.worker)) {
            reasons.add("not_assigned_to_worker");
        }
        if (task.status.ended()) {
            boolean otherAttempt = report.attempts() != null
                    && report.attempts() != task.failures - (report.failed() ? 1 : 0);
            if (!session.equals(task.endedBy) || report.failed() != (task.status == Status.DEAD) || otherAttempt
                    || !reasons.isEmpty()) {
                reasons.add("task_already_ended");
            }
            return reasons;
        }
        Instance holder = task.worker == null ? null : live(task.worker);
        if (task.worker != null && holder == null) {
            reasons.add("worker_not_registered");
        }
        if (holder != null && !holder.session.equals(session)) {
            reasons.add("held_by_another_session");
        }
        if (task.worker != null && task.status != Status.IN_PROGRESS) {
            reasons.add("task_not_claimed");
        }
        if (report.attempts() != null && report.attempts() != task.failures) {
            reasons.add("attempt_is_over");
        }
        return reasons;
    }

    /** The holder's report, which nothing speaks against. */
    void end(Task task, String session, String result, String error, int maxAttempts, int capacity) {
        Instance holder = instances.get(String.valueOf(task.worker));
        if (holder == null) {
            throw new IllegalStateException(task.id + " has no holder");
        }
        if (error.isEmpty()) {
            task.result = result.isEmpty() ? task.result : result;
            tasks.finish(task, Status.COMPLETED, session);
            tasks.forget(Status.COMPLETED);
            count("tasksCompleted");
            events.emit("task.completed", "id", quoted(task.id), "workerId", quoted(holder.id));
        } else {
            task.error = error;
            task.failedBy = holder.id;
            task.failedSession = session;
            task.failures++;
            count("tasksFailed");
            events.emit("task.failed", "attempts", task.failures, "id", quoted(task.id), "workerId", quoted(holder.id));
            if (task.failures < maxAttempts) {
                task.awaitsRetry = true;
                requeue(task);
            } else {
                tasks.finish(task, Status.DEAD, session);
                tasks.forget(Status.DEAD);
                count("tasksDied");
                events.emit("task.dead", "attempts", task.failures, "id", quoted(task.id), "workerId",
                        quoted(holder.id));
            }
        }
        sharing.fill(holder, capacity);
        settle(true);
    }

    int sweepByTimer(int capacity) {
        Swept swept = sweep();
        int given = sharing.redistribute(true, capacity);
        tasks.forget(Status.COMPLETED);
        tasks.forget(Status.DEAD);
        settle(swept.expired() > 0 || given > 0 || (leader == null && !instances.isEmpty()));
        return swept.expired();
    }

    Swept checkHealth(int capacity) {
        Swept swept = sweep();
        sharing.redistribute(swept.expired() > 0, capacity);
        settle(swept.expired() > 0);
        return swept;
    }

    /** Time passes for one instance: it is dead at the next call, and its lease has lapsed. */
    void die(Instance instance) {
        instance.death = ++deaths;
        if (instance.id.equals(leader)) {
            leader = null;
        }
    }

    /** These have a full time to live again, also those that had died unnoticed. */
    void revive(Set<String> ids) {
        instances.values().stream().filter(instance -> ids.contains(instance.id)).forEach(instance -> {
            instance.death = 0;
            instance.ageing = false;
        });
    }

    /** A vacancy that nobody has noticed was none, if the leader is alive again. */
    void restoreLease() {
        if (leader == null && announcedLeader != null && live(announcedLeader) != null) {
            leader = announcedLeader;
        }
    }

    private Swept sweep() {
        List<Instance> dead = instances.values()
                .stream()
                .filter(instance -> !instance.alive())
                .sorted(Comparator.comparingLong(instance -> instance.death))
                .limit(sweepBatch)
                .toList();
        return new Swept(dead.size(), dead.stream().mapToInt(this::expire).sum());
    }

    private int expire(Instance instance) {
        List<String> requeued = remove(instance);
        count("expirations");
        events.emit("instance.expired", "id", quoted(instance.id), "tasks", json(requeued), "tasksRequeued",
                requeued.size());
        return requeued.size();
    }

    private List<String> remove(Instance instance) {
        List<Task> held = tasks.heldBy(instance.id);
        held.forEach(tasks::takeBack);
        instances.remove(instance.id);
        if (instance.id.equals(leader)) {
            leader = null;
        }
        return held.stream().map(task -> task.id).toList();
    }

    private void requeue(Task task) {
        events.emit("task.requeued", "id", quoted(task.id), "previousWorkerId", quoted(tasks.takeBack(task)));
    }

    private boolean elect() {
        if (leader != null) {
            return false;
        }
        leader = candidates().stream().filter(Instance::alive).map(one -> one.id).findFirst().orElse(null);
        if (leader == null) {
            return false;
        }
        term = events.termOf(leader, term);
        count("elections");
        events.emit("leader.elected", "id", quoted(leader), "term", term);
        return true;
    }

    private void settle(boolean hasReason) {
        if (hasReason) {
            elect();
            announce();
        }
    }

    private void announce() {
        changed = true;
        announcedLeader = leader;
        announcedState = "{\"leader\":" + (leader == null ? "null" : quoted(leader)) + ",\"term\":" + term
                + ",\"instances\":" + instances.size() + ",\"workers\":" + workers().size() + "}";
    }

    private void count(String total) {
        totals.merge(total, 1L, Long::sum);
    }
}
