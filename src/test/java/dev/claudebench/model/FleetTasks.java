package dev.claudebench.model;

import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

import org.jspecify.annotations.NullMarked;
import org.jspecify.annotations.Nullable;

/** The tasks of the model: who has which, in which order. Those that ended stay until they are forgotten. */
@NullMarked
final class FleetTasks {
    private static final Comparator<Task> ORDER = Comparator.comparingInt((Task task) -> -task.priority)
            .thenComparingLong(task -> task.arrival);
    private static final Comparator<Task> ORDER_OF_ENDS = Comparator.comparingInt((Task task) -> task.endedAt)
            .thenComparingLong(task -> task.end);

    private final Map<String, Task> all = new LinkedHashMap<>();
    private final Map<String, Key> idempotencyKeys = new LinkedHashMap<>();
    /** How many hours the clock has been set forward. */
    private int clock;
    private long ends;

    FleetTasks() {}

    FleetTasks(FleetTasks other) {
        other.all.forEach((id, task) -> all.put(id, new Task(task)));
        idempotencyKeys.putAll(other.idempotencyKeys);
        clock = other.clock;
        ends = other.ends;
    }

    /** An idempotency key: which task it made, and when. */
    private record Key(String task, int madeAt) {}

    enum Status {
        PENDING, ASSIGNED, IN_PROGRESS, COMPLETED, DEAD;

        String text() {
            return name().toLowerCase(java.util.Locale.ROOT);
        }

        boolean ended() {
            return this == COMPLETED || this == DEAD;
        }
    }

    /** One task. */
    static final class Task {
        final String id;
        final int priority;
        final long arrival;
        final List<String> roles;
        Status status = Status.PENDING;
        /** Who holds it or ended it, null while it is pending. */
        @Nullable
        String worker;
        /** The session that told its end. */
        @Nullable
        String endedBy;
        /** Whether it has failed and nobody has begun it since. */
        boolean awaitsRetry;
        /** Who failed it last, and that one's session. */
        @Nullable
        String failedBy;
        @Nullable
        String failedSession;
        @Nullable
        String result;
        @Nullable
        String error;
        int failures;
        /** When it ended by the clock, in hours, and its place among those that ended then. */
        int endedAt;
        long end;
        /** False once its record is gone, while the index of its status may still name it. */
        boolean kept = true;

        private Task(String id, int priority, long arrival, List<String> roles) {
            this.id = id;
            this.priority = priority;
            this.arrival = arrival;
            this.roles = roles;
        }

        private Task(Task other) {
            this(other.id, other.priority, other.arrival, other.roles);
            status = other.status;
            worker = other.worker;
            endedBy = other.endedBy;
            awaitsRetry = other.awaitsRetry;
            failedBy = other.failedBy;
            failedSession = other.failedSession;
            result = other.result;
            error = other.error;
            failures = other.failures;
            endedAt = other.endedAt;
            end = other.end;
            kept = other.kept;
        }

        String roleSet() {
            return roles.isEmpty() ? "-" : String.join(",", new TreeSet<>(roles));
        }
    }

    @Nullable
    Task find(String id) {
        Task task = all.get(id);
        return task != null && task.kept ? task : null;
    }

    /** All that were ever accepted and are not forgotten, in the order of their arrival. */
    List<Task> all() {
        return List.copyOf(all.values());
    }

    List<Task> in(Status status) {
        Comparator<Task> order = status.ended() ? ORDER_OF_ENDS : ORDER;
        return all.values().stream().filter(task -> task.status == status).sorted(order).toList();
    }

    int count(Status... statuses) {
        return Stream.of(statuses).mapToInt(status -> in(status).size()).sum();
    }

    /** What a worker holds, in order. */
    List<Task> heldBy(String worker) {
        return all.values()
                .stream()
                .filter(task -> !task.status.ended() && worker.equals(task.worker))
                .sorted(ORDER)
                .toList();
    }

    /** What a worker holds and has not begun, in order. */
    List<Task> unclaimedBy(String worker) {
        return heldBy(worker).stream().filter(task -> task.status == Status.ASSIGNED).toList();
    }

    /** What an instance with these roles may take, in order. */
    List<Task> pendingFor(List<String> roles) {
        return in(Status.PENDING).stream().filter(task -> roles.containsAll(task.roles)).toList();
    }

    /** How many unfinished tasks there are for each set of roles. */
    Map<String, Integer> roleSets() {
        Map<String, Integer> counts = new TreeMap<>();
        all.values()
                .stream()
                .filter(task -> !task.status.ended())
                .forEach(task -> counts.merge(task.roleSet(), 1, Integer::sum));
        return counts;
    }

    Set<String> pendingRoleSets() {
        Set<String> sets = new HashSet<>();
        in(Status.PENDING).forEach(task -> sets.add(task.roleSet()));
        return sets;
    }

    /** The task that each idempotency key made. */
    Map<String, String> idempotencyKeys() {
        Map<String, String> tasks = new TreeMap<>();
        idempotencyKeys.forEach((key, made) -> tasks.put(key, made.task()));
        return tasks;
    }

    /** The task that a key made, null when there is none any more. */
    @Nullable
    Task madeBy(String key) {
        Key made = idempotencyKeys.get(key);
        return made == null ? null : find(made.task());
    }

    Task accept(String id, int priority, long arrival, List<String> roles, String key) {
        Task task = new Task(id, priority, arrival, roles);
        all.put(id, task);
        if (!key.isEmpty()) {
            idempotencyKeys.put(key, new Key(id, clock));
        }
        return task;
    }

    void give(Task task, String worker) {
        task.status = Status.ASSIGNED;
        task.worker = worker;
    }

    void begin(Task task, String worker) {
        task.awaitsRetry = false;
        task.status = Status.IN_PROGRESS;
        task.worker = worker;
    }

    /** Back to pending; gives who held it. */
    String takeBack(Task task) {
        String holder = Objects.requireNonNull(task.worker);
        task.status = Status.PENDING;
        task.worker = null;
        return holder;
    }

    void finish(Task task, Status status, String session) {
        task.endedBy = session;
        task.status = status;
        task.endedAt = clock;
        task.end = ++ends;
    }

    /**
     * The index of a status is rid of the tasks whose records are gone, but for those that end only later by a clock that was
     * set back.
     */
    void forget(Status status) {
        all.values().removeIf(task -> task.status == status && !task.kept && task.endedAt <= clock);
    }

    /** Sets the clock; forward by more than tasks and keys are kept. */
    void setClockForward(int hours) {
        clock += hours;
        idempotencyKeys.values().removeIf(key -> key.madeAt() < clock);
        all.values()
                .stream()
                .filter(task -> task.status.ended() && task.endedAt < clock)
                .forEach(task -> task.kept = false);
    }
}
