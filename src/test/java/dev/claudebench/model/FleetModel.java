package dev.claudebench.model;

import static dev.claudebench.model.FleetEvents.json;
import static dev.claudebench.model.FleetEvents.quoted;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

import org.jspecify.annotations.NullMarked;
import org.jspecify.annotations.Nullable;

import dev.claudebench.model.FleetRun.Settings;
import dev.claudebench.model.FleetTasks.Status;
import dev.claudebench.model.FleetTasks.Task;

/**
 * What the fleet must be after each call, by sections 3 and 4 of the design, in plain Java: the instances, and who leads. What the
 * design leaves open it reads in the events: the numbers of terms and claims.
 */
@NullMarked
final class FleetModel {
    /** A unit of time that is longer than any history takes, so that only moves of the clock let anything lapse. */
    static final long TICK = 1L << 32;

    final FleetTasks tasks;
    final FleetWork work;
    /** What is registered, the dead that nobody has removed yet among them. */
    final Map<String, Instance> instances = new TreeMap<>();
    final Map<String, Long> totals = new TreeMap<>();
    final FleetEvents events = new FleetEvents();
    Settings settings;
    /** Some ticks, with those of all moves of the clock, and the number of the call. */
    long now = 1_000_000 * TICK;
    /** The holder of the lease, null when it has lapsed. */
    @Nullable
    String leader;
    long term;
    /** What the newest version of the state says. */
    String announcedState = "";
    private @Nullable String announcedLeader;
    /** Whether this call raises the version. */
    boolean changed;
    /** Whether tasks have moved since the last announcement. */
    boolean tasksMoved;

    private long registrations;

    FleetModel(Settings settings) {
        this.settings = settings;
        tasks = new FleetTasks(settings.retention() * TICK);
        work = new FleetWork(this);
    }

    FleetModel(FleetModel other) {
        settings = other.settings;
        tasks = new FleetTasks(other.tasks);
        work = new FleetWork(this);
        other.instances.forEach((id, instance) -> instances.put(id, new Instance(instance)));
        totals.putAll(other.totals);
        now = other.now;
        leader = other.leader;
        term = other.term;
        announcedState = other.announcedState;
        announcedLeader = other.announcedLeader;
        registrations = other.registrations;
    }

    /** One instance. */
    static final class Instance {
        final String id;
        final String session;
        final long registered;
        List<String> roles;
        /** Of its registration, empty for the usual one. */
        String capacity;
        long deadline;
        /** The tasks that were taken from it since its last heartbeat. */
        final List<String> taken = new ArrayList<>();

        private Instance(String id, String session, long registered, List<String> roles, String capacity) {
            this.id = id;
            this.session = session;
            this.registered = registered;
            this.roles = roles;
            this.capacity = capacity;
        }

        private Instance(Instance other) {
            this(other.id, other.session, other.registered, other.roles, other.capacity);
            deadline = other.deadline;
            taken.addAll(other.taken);
        }

        boolean isWorker() {
            return roles.contains("worker");
        }

        boolean mayTake(Task task) {
            return isWorker() && roles.containsAll(task.terms.roles());
        }
    }

    /** How many were removed, and how many tasks they had. */
    record Swept(int expired, int requeued) {}

    /** What a registration answers. */
    record Registered(boolean registered, boolean becameLeader, int assigned, int total) {}

    /** Begins a call; the events that it emitted settle what the design leaves open. */
    void begin(long call, List<FleetSnapshot.Event> observed) {
        setClock(now - now % TICK + call);
        events.begin(observed);
        changed = false;
        tasksMoved = false;
    }

    /** Sets the clock forward, or back: what lasts until then lapses. */
    void moveClock(int ticks) {
        setClock(now + ticks * TICK);
    }

    private void setClock(long time) {
        now = time;
        tasks.setClock(now);
        Instance holder = leader == null ? null : live(leader);
        leader = holder == null ? null : leader;
        // with the record of an instance goes what it was to be told
        instances.values().stream().filter(instance -> !isAlive(instance)).forEach(instance -> instance.taken.clear());
    }

    boolean isAlive(Instance instance) {
        return instance.deadline > now;
    }

    int capacity(Instance instance) {
        return instance.capacity.isEmpty() ? settings.capacity() : Integer.parseInt(instance.capacity);
    }

    @Nullable
    Instance live(String id) {
        Instance instance = instances.get(id);
        return instance != null && isAlive(instance) ? instance : null;
    }

    @Nullable
    Instance liveOf(String id, String session) {
        Instance instance = live(id);
        return instance != null && instance.session.equals(session) ? instance : null;
    }

    List<Instance> alive() {
        return candidates().stream().filter(this::isAlive).toList();
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
        return instances.values().stream().filter(Instance::isWorker).toList();
    }

    Registered register(String id, String session, List<String> roles, String capacity, int life) {
        Swept swept = sweep();
        Instance held = live(id);
        if (held != null && !held.session.equals(session)) {
            settle(swept.expired() > 0);
            return new Registered(false, false, 0, 0);
        }
        Instance dead = instances.get(id);
        if (dead != null && held == null) {
            expire(dead);
        }
        Instance instance = held != null ? held : new Instance(id, session, ++registrations, roles, capacity);
        boolean lostRole = instance.roles.contains("leader") && !roles.contains("leader");
        instance.roles = roles;
        instance.capacity = capacity;
        instance.deadline = now + life * TICK;
        instances.put(id, instance);
        if (lostRole && id.equals(leader)
                && instances.values().stream().anyMatch(one -> one.roles.contains("leader"))) {
            leader = null;
        }
        tasks.heldBy(id, Status.ASSIGNED).stream().filter(task -> !instance.mayTake(task)).forEach(work::requeue);
        count("registrations");
        boolean elected = elect();
        boolean becameLeader = elected && id.equals(leader);
        events.emit("instance.registered", "becameLeader", becameLeader, "id", quoted(id), "roles", json(roles));
        announce();
        int assigned = work.assign(instance);
        return new Registered(true, becameLeader, assigned, tasks.heldBy(id).size());
    }

    /** Returns the tasks that were taken from the instance, null when it is not alive. */
    @Nullable
    List<String> heartbeat(String id, String session, int life) {
        Swept swept = sweep();
        Instance instance = liveOf(id, session);
        int assigned = 0;
        List<String> taken = null;
        if (instance != null) {
            instance.deadline = now + life * TICK;
            assigned = work.assign(instance);
            taken = List.copyOf(instance.taken);
            instance.taken.clear();
        }
        settle(swept.expired() > 0 || assigned > 0 || (instance != null && leader == null));
        return taken;
    }

    /** Returns how many tasks it had, null when another session holds the instance. */
    @Nullable
    Integer unregister(String id, String session) {
        Instance instance = instances.get(id);
        if (instance == null) {
            return 0;
        }
        if (isAlive(instance) && !instance.session.equals(session)) {
            return null;
        }
        int requeued;
        if (isAlive(instance)) {
            List<String> released = remove(instance, false);
            requeued = released.size();
            count("unregistrations");
            events.emit("instance.unregistered", "id", quoted(id), "tasks", json(released), "tasksReassigned",
                    requeued);
        } else {
            requeued = expire(instance);
        }
        settle(true);
        return requeued;
    }

    private boolean isEligible(Instance instance) {
        return instance.roles.contains("leader")
                || instances.values().stream().noneMatch(one -> one.roles.contains("leader"));
    }

    boolean resign(String id, String session) {
        Instance successor = candidates().stream()
                .filter(one -> isAlive(one) && !one.id.equals(id))
                .findFirst()
                .orElse(null);
        if (!id.equals(leader) || liveOf(id, session) == null || successor == null || !isEligible(successor)) {
            return false;
        }
        lead(successor.id);
        settle(true);
        return true;
    }

    int sweepByTimer() {
        Swept swept = sweep();
        work.wake();
        work.forget(0);
        settle(swept.expired() > 0 || tasksMoved || (leader == null && !instances.isEmpty()));
        return swept.expired();
    }

    Swept checkHealth() {
        Swept swept = sweep();
        settle(swept.expired() > 0);
        return swept;
    }

    /** These have a full time to live again, also those that had died unnoticed. */
    void revive(Set<String> ids, int life) {
        instances.values()
                .stream()
                .filter(instance -> ids.contains(instance.id))
                .forEach(instance -> instance.deadline = now + life * TICK);
    }

    /** A vacancy that nobody has noticed was none, if the leader is alive again. */
    void restoreLease() {
        if (leader == null && announcedLeader != null && live(announcedLeader) != null) {
            leader = announcedLeader;
        }
    }

    Swept sweep() {
        List<Instance> dead = instances.values()
                .stream()
                .filter(instance -> !isAlive(instance))
                .sorted(Comparator.comparingLong(instance -> instance.deadline))
                .limit(settings.sweepBatch())
                .toList();
        return new Swept(dead.size(), dead.stream().mapToInt(this::expire).sum());
    }

    private int expire(Instance instance) {
        List<String> requeued = remove(instance, true);
        count("expirations");
        events.emit("instance.expired", "id", quoted(instance.id), "tasks", json(requeued), "tasksRequeued",
                requeued.size());
        return requeued.size();
    }

    private List<String> remove(Instance instance, boolean isDead) {
        List<Task> held = tasks.heldBy(instance.id);
        held.forEach(task -> work.loseHolder(task, isDead));
        instances.remove(instance.id);
        if (instance.id.equals(leader)) {
            leader = null;
        }
        return held.stream().map(task -> task.id).toList();
    }

    private boolean elect() {
        String first = alive().stream().map(one -> one.id).findFirst().orElse(null);
        if (leader != null || first == null) {
            return false;
        }
        lead(first);
        return true;
    }

    private void lead(String id) {
        leader = id;
        term = events.termOf(id, term);
        count("elections");
        events.emit("leader.elected", "id", quoted(id), "term", term);
    }

    void settle(boolean hasReason) {
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

    void count(String total) {
        totals.merge(total, 1L, Long::sum);
    }
}
