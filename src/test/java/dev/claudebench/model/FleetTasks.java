package dev.claudebench.model;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

import org.jspecify.annotations.NullMarked;
import org.jspecify.annotations.Nullable;

/** The tasks of the model. Those that have ended stay until they are forgotten. Times are those of {@link FleetModel#now}. */
@NullMarked
final class FleetTasks {
    static final Comparator<Task> ORDER = Comparator.comparingLong(Task::order);
    private static final Comparator<Task> ORDER_OF_ENDS = Comparator.comparingLong((Task task) -> task.endedAt)
            .thenComparing(task -> task.id);

    /** The number of the newest claim. */
    long lastClaim;

    private final long retention;
    private final Map<String, Task> all = new LinkedHashMap<>();
    private final Map<String, Key> idempotencyKeys = new HashMap<>();
    private long now;

    FleetTasks(long retention) {
        this.retention = retention;
    }

    FleetTasks(FleetTasks other) {
        this(other.retention);
        lastClaim = other.lastClaim;
        other.all.forEach((id, task) -> all.put(id, new Task(task)));
        idempotencyKeys.putAll(other.idempotencyKeys);
        now = other.now;
    }

    /** An idempotency key: which task it made, and when it lapses. */
    private record Key(String task, long lapsesAt) {}

    enum Status {
        SCHEDULED, BLOCKED, PENDING, ASSIGNED, IN_PROGRESS, COMPLETED, DEAD, CANCELLED;

        String text() {
            return name().toLowerCase(Locale.ROOT);
        }

        boolean ended() {
            return compareTo(COMPLETED) >= 0;
        }
    }

    /**
     * What a task is accepted with.
     *
     * @param lease how long a claim lasts without progress, 0 for ever
     * @param delay how long it is scheduled, 0 for not at all
     */
    record Terms(int priority, List<String> roles, int lease, int delay, List<String> dependsOn, List<String> resources,
            int maxAttempts, String key) {
        Terms {
            roles = List.copyOf(roles);
            dependsOn = List.copyOf(dependsOn);
            resources = List.copyOf(resources);
        }

        String roleSet() {
            return roles.isEmpty() ? "-" : String.join(",", new TreeSet<>(roles));
        }
    }

    /** One task. */
    static final class Task {
        private static final long PRIORITY_STEP = 1L << 46;

        final String id;
        final Terms terms;
        final long arrival;
        /** Those of its record in Redis; times are "a time". */
        final Map<String, String> fields = new TreeMap<>();
        /** The tasks that it waits for. */
        final Set<String> waitsFor = new TreeSet<>();
        /** The types of its events. */
        final List<String> history = new ArrayList<>();
        /** The numbers of all its claims. */
        final List<Long> claims = new ArrayList<>();
        Status status = Status.PENDING;
        long runAt;
        long leaseUntil;
        long endedAt;
        /** Whether its record has lapsed, while the index of its status may still name it. */
        boolean isGone;

        Task(String id, Terms terms, long arrival) {
            this.id = id;
            this.terms = terms;
            this.arrival = arrival;
        }

        private Task(Task other) {
            this(other.id, other.terms, other.arrival);
            fields.putAll(other.fields);
            waitsFor.addAll(other.waitsFor);
            history.addAll(other.history);
            claims.addAll(other.claims);
            status = other.status;
            runAt = other.runAt;
            leaseUntil = other.leaseUntil;
            endedAt = other.endedAt;
            isGone = other.isGone;
        }

        long order() {
            return (100 - terms.priority) * PRIORITY_STEP + arrival;
        }

        /** Who has it, or had it when it ended; null for nobody. */
        @Nullable
        String worker() {
            return fields.get("workerId");
        }

        /** Returns what it counts for the quotas of bytes, as long as it has not ended. */
        int bytes() {
            return Stream.of("text", "metadata", "dependsOn", "resources")
                    .mapToInt(name -> fields.getOrDefault(name, "").length())
                    .sum();
        }

        int attempts() {
            return Integer.parseInt(fields.getOrDefault("attempts", "0"));
        }

        boolean isHeldBy(String worker) {
            return !status.ended() && worker.equals(worker());
        }
    }

    void setClock(long time) {
        now = time;
        idempotencyKeys.values().removeIf(key -> key.lapsesAt() < now);
        all.values().stream().filter(this::isOver).forEach(task -> task.isGone = true);
    }

    private boolean isOver(Task task) {
        return task.status.ended() && task.endedAt + retention <= now;
    }

    /** Returns whether there is still a record of it. */
    boolean isKept(Task task) {
        return !task.isGone;
    }

    /** Returns the task if its record is kept. */
    @Nullable
    Task find(@Nullable String id) {
        Task task = all.get(id);
        return task != null && isKept(task) ? task : null;
    }

    /** Returns all that are not forgotten, in the order of their arrival. */
    List<Task> all() {
        return List.copyOf(all.values());
    }

    /** Returns those with one of these statuses in their order; of ended ones that is the order of their ends. */
    List<Task> in(Status... statuses) {
        return all.values()
                .stream()
                .filter(task -> List.of(statuses).contains(task.status))
                .sorted(statuses[0].ended() ? ORDER_OF_ENDS : ORDER)
                .toList();
    }

    int count(Status... statuses) {
        return in(statuses).size();
    }

    /** Returns what a worker has, in order. */
    List<Task> heldBy(String worker) {
        return all.values().stream().filter(task -> task.isHeldBy(worker)).sorted(ORDER).toList();
    }

    List<Task> heldBy(String worker, Status status) {
        return heldBy(worker).stream().filter(task -> task.status == status).toList();
    }

    /** Returns the paths that tasks in progress hold, each with a slash at its end. */
    Set<String> heldResources() {
        Set<String> paths = new TreeSet<>();
        in(Status.IN_PROGRESS).forEach(task -> task.terms.resources().forEach(path -> paths.add(path + "/")));
        return paths;
    }

    boolean areResourcesFree(Task task) {
        Set<String> held = heldResources();
        return task.terms.resources()
                .stream()
                .map(path -> path + "/")
                .noneMatch(path -> held.stream().anyMatch(one -> one.startsWith(path) || path.startsWith(one)));
    }

    /** Returns the tasks that wait for each. */
    Map<String, Set<String>> dependents() {
        Map<String, Set<String>> dependents = new TreeMap<>();
        for (Task task : all.values()) {
            task.waitsFor.stream()
                    .filter(all::containsKey)
                    .forEach(id -> dependents.computeIfAbsent(id, any -> new TreeSet<>()).add(task.id));
        }
        return dependents;
    }

    Map<String, String> idempotencyKeys() {
        Map<String, String> tasks = new TreeMap<>();
        idempotencyKeys.forEach((key, made) -> tasks.put(key, made.task()));
        return tasks;
    }

    /** Returns the task that a key made, null when there is none any more. */
    @Nullable
    Task madeBy(String key) {
        Key made = idempotencyKeys.get(key);
        return made == null ? null : find(made.task());
    }

    void add(Task task, long keyLapsesAt) {
        all.put(task.id, task);
        if (!task.terms.key().isEmpty()) {
            idempotencyKeys.put(task.terms.key(), new Key(task.id, keyLapsesAt));
        }
    }

    /** Forgets the oldest beyond so many that have ended, or else what ended too long ago. Returns whether there was any. */
    boolean forget(int mostEnded) {
        List<Task> ended = in(Stream.of(Status.values()).filter(Status::ended).toArray(Status[]::new));
        List<Task> excess = ended.subList(0, Math.max(0, ended.size() - mostEnded));
        return all.values().removeIf(task -> excess.isEmpty() ? isOver(task) : excess.contains(task));
    }
}
