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

    private final Map<String, Task> all = new LinkedHashMap<>();
    private final Map<String, String> idempotencyKeys = new LinkedHashMap<>();
    private long ends;

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
        /** Its place among those that ended, and when that was by the clock of Redis. */
        long end;
        long endedAt;
        /** False once its record is gone, while the index of its status may still name it. */
        boolean kept = true;

        private Task(String id, int priority, long arrival, List<String> roles) {
            this.id = id;
            this.priority = priority;
            this.arrival = arrival;
            this.roles = roles;
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
        Comparator<Task> order = status.ended() ? Comparator.comparingLong(task -> task.end) : ORDER;
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

    Map<String, String> idempotencyKeys() {
        return idempotencyKeys;
    }

    /** The task that a key made, null when there is none any more. */
    @Nullable
    Task madeBy(String key) {
        String id = idempotencyKeys.get(key);
        return id == null ? null : find(id);
    }

    Task accept(String id, int priority, long arrival, List<String> roles, String key) {
        Task task = new Task(id, priority, arrival, roles);
        all.put(id, task);
        if (!key.isEmpty()) {
            idempotencyKeys.put(key, id);
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
        task.end = ++ends;
    }

    /** The index of a status is rid of the tasks whose records are gone. */
    void forget(Status status) {
        all.values().removeIf(task -> task.status == status && !task.kept);
    }
}
