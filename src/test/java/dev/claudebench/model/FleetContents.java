package dev.claudebench.model;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;

import org.jspecify.annotations.NullMarked;

import dev.claudebench.method.Json;
import dev.claudebench.model.FleetModel.Instance;
import dev.claudebench.model.FleetTasks.Status;
import dev.claudebench.model.FleetTasks.Task;

/**
 * What each key holds, in a form that can be compared: what the model wants against what Redis has. A key that the model does
 * not know is one that somebody left behind.
 */
@NullMarked
final class FleetContents {
    private static final Set<String> TIMES = Set.of("createdAt", "assignedAt", "claimedAt", "completedAt", "runAt",
            "leaseUntil");
    /** What names of each task only that it is there, and since when. */
    private static final Map<Status, String> BY_TIME = Map.of(Status.SCHEDULED, "tasks:scheduled", Status.BLOCKED,
            "tasks:blocked", Status.ASSIGNED, "tasks:assigned", Status.IN_PROGRESS, "tasks:in_progress",
            Status.COMPLETED, "tasks:completed", Status.DEAD, "tasks:dead", Status.CANCELLED, "tasks:cancelled");

    private FleetContents() {}

    /** Fails on the first key that is not as the model wants it. */
    static void compare(FleetModel model, FleetSnapshot redis) {
        Map<String, Object> wanted = wanted(model);
        Set<String> keys = new TreeSet<>(wanted.keySet());
        keys.addAll(redis.keys());
        keys.removeAll(Set.of("stream:events", "metrics:minutes", "time:last-run", "time:grace"));
        for (String key : keys) {
            Object found = found(key, redis);
            Object due = wanted.getOrDefault(key, "nothing");
            if (!found.equals(due)) {
                throw new AssertionError(key + " holds " + found + " instead of " + due);
            }
        }
        lifetimes(model, redis);
    }

    private static void lifetimes(FleetModel model, FleetSnapshot redis) {
        for (Instance instance : model.alive()) {
            long deadline = (long) redis.score("instances:active", instance.id);
            for (String key : List.of("instance:" + instance.id, "health:gossip:" + instance.id)) {
                require(redis.expiresAt(key) == deadline, key + " does not last as long as the instance");
            }
            require(!instance.id.equals(model.leader) || redis.expiresAt("leader:current") == deadline,
                    "the lease does not last as long as the leader " + instance.id);
        }
        for (Task task : model.tasks.all()) {
            for (String key : List.of("task:" + task.id, "task-history:" + task.id)) {
                require(!model.tasks.isKept(task) || task.status.ended() == redis.expiresAt(key) > 0,
                        key + " is kept too long or too short");
            }
        }
    }

    private static Map<String, Object> wanted(FleetModel model) {
        Map<String, Object> wanted = new TreeMap<>();
        instances(model, wanted);
        tasks(model, wanted);
        wanted.put("metrics:global", metrics(model));
        wanted.put("state:global", model.announcedState);
        wanted.put("leader:current", model.leader == null ? "" : model.leader);
        wanted.put("leader:term", model.term == 0 ? "" : Long.toString(model.term));
        wanted.put("quota:usage", usage(model, wanted));
        wanted.values()
                .removeIf(content -> content.equals("") || content.equals(List.of()) || content.equals(Map.of())
                        || content.equals(Set.of()));
        return wanted;
    }

    private static void instances(FleetModel model, Map<String, Object> wanted) {
        Map<String, String> records = new TreeMap<>();
        Map<String, Set<String>> byRole = new TreeMap<>();
        for (Instance instance : model.instances.values()) {
            String id = instance.id;
            String roles = FleetEvents.json(instance.roles);
            records.put(id, roles + "\n" + instance.session + "\na time\n" + instance.capacity + "\n\n{}");
            instance.roles.forEach(role -> byRole.computeIfAbsent(role, any -> new TreeSet<>()).add(id));
            if (model.isAlive(instance)) {
                Map<String, String> fields = new TreeMap<>(Map.of("id", id, "roles", roles, "sessionId",
                        instance.session, "metadata", "{}", "status", "active", "health", "healthy", "capacity",
                        instance.capacity, "owner", ""));
                if (!instance.taken.isEmpty()) {
                    fields.put("taken", String.join(" ", instance.taken));
                }
                wanted.put("instance:" + id, fields);
                wanted.put("health:gossip:" + id, new TreeMap<>(Map.of("status", "healthy")));
            }
        }
        wanted.put("instances:active", records.keySet());
        wanted.put("instances:records", records);
        wanted.put("leader:candidates", model.candidates().stream().map(instance -> instance.id).toList());
        byRole.forEach((role, ids) -> wanted.put("role:" + role, ids));
    }

    private static void tasks(FleetModel model, Map<String, Object> wanted) {
        FleetTasks tasks = model.tasks;
        wanted.put("tasks:all", scored(tasks.all(), task -> task.arrival));
        BY_TIME.forEach((status, index) -> wanted.put(index, ids(tasks.in(status))));
        wanted.put("queue:tasks:pending", scored(tasks.in(Status.PENDING), Task::order));
        wanted.put("tasks:pending-since", ids(tasks.in(Status.PENDING)));
        for (Task task : tasks.in(Status.PENDING, Status.ASSIGNED)) {
            nextRoles(task.terms.roles()).forEach((key, roles) -> wanted.merge(key, roles, FleetContents::union));
            wanted.computeIfAbsent("queue:tasks:" + task.status.text() + ":" + task.terms.roleSet(), any -> scored(
                    filtered(tasks.in(task.status), one -> one.terms.roleSet().equals(task.terms.roleSet())),
                    Task::order));
        }
        for (Instance instance : model.instances.values()) {
            wanted.put("queue:instance:" + instance.id, scored(tasks.heldBy(instance.id), Task::order));
            List<Task> begun = tasks.heldBy(instance.id, Status.IN_PROGRESS);
            wanted.put("queue:claimed:" + instance.id, scored(
                    begun.stream().sorted(Comparator.comparing(FleetContents::claim)).toList(), FleetContents::claim));
        }
        wanted.put("tasks:leases", ids(filtered(tasks.in(Status.IN_PROGRESS), task -> task.terms.lease() > 0)));
        wanted.put("tasks:resources", tasks.heldResources());
        wanted.put("tasks:claim", tasks.lastClaim == 0 ? "" : Long.toString(tasks.lastClaim));
        tasks.dependents().forEach((id, dependents) -> wanted.put("task-dependents:" + id, dependents));
        filtered(tasks.all(), tasks::isKept).forEach(task -> {
            wanted.put("task:" + task.id, task.fields);
            wanted.put("task-history:" + task.id, task.history);
        });
        tasks.idempotencyKeys().forEach((key, id) -> wanted.put("idempotency:task.create:" + key, id));
        long accepted = model.totals.getOrDefault("tasksCreated", 0L);
        wanted.put("queue:tasks:sequence", accepted == 0 ? "" : Long.toString(accepted));
    }

    /** Returns how a set of required roles is found: with which role each smaller one goes on. */
    private static Map<String, Object> nextRoles(List<String> roles) {
        Map<String, Object> next = new TreeMap<>();
        String set = "-";
        for (String role : new TreeSet<>(roles)) {
            next.put("tasks:next-roles:" + set, new TreeSet<>(Set.of(role)));
            set = set.equals("-") ? role : set + "," + role;
        }
        return next;
    }

    private static Object union(Object one, Object other) {
        Set<Object> all = new TreeSet<>((Collection<?>) one);
        all.addAll((Collection<?>) other);
        return all;
    }

    /** All callers are anonymous. */
    private static Map<String, String> usage(FleetModel model, Map<String, Object> wanted) {
        int bytes = model.tasks.all().stream().filter(task -> !task.status.ended()).mapToInt(Task::bytes).sum();
        if (wanted.get("instances:records") instanceof Map<?, ?> records) {
            for (Object entry : records.values()) {
                bytes += entry.toString().replace("a time", "1234567890123").length();
            }
        }
        long open = model.tasks.all().stream().filter(task -> !task.status.ended()).count();
        Map<String, String> usage = new TreeMap<>(Map.of("instances", Integer.toString(model.instances.size()), "tasks",
                Long.toString(open), "bytes", Integer.toString(bytes)));
        usage.values().removeIf("0"::equals);
        return usage;
    }

    private static long claim(Task task) {
        return task.claims.get(task.claims.size() - 1);
    }

    private static Map<String, String> metrics(FleetModel model) {
        FleetTasks tasks = model.tasks;
        Map<String, Long> numbers = new TreeMap<>(model.totals);
        numbers.put("instances", (long) model.instances.size());
        numbers.put("workers", (long) model.workers().size());
        numbers.put("tasksScheduled", (long) tasks.count(Status.SCHEDULED));
        numbers.put("tasksBlocked", (long) tasks.count(Status.BLOCKED));
        numbers.put("tasksPending", (long) tasks.count(Status.PENDING));
        numbers.put("tasksAssigned", (long) tasks.count(Status.ASSIGNED));
        numbers.put("tasksInProgress", (long) tasks.count(Status.IN_PROGRESS));
        numbers.put("tasksDead", (long) tasks.count(Status.DEAD));
        Map<String, String> texts = new TreeMap<>();
        numbers.forEach((name, number) -> texts.put(name, number.toString()));
        texts.values().removeIf("0"::equals);
        return texts;
    }

    private static Object found(String key, FleetSnapshot redis) {
        return switch (redis.type(key)) {
            case "none" -> "nothing";
            case "string" -> redis.text(key);
            case "set" -> redis.set(key);
            case "zset" -> foundInOrder(key, redis.zset(key));
            case "list" -> redis.list(key).stream().map(event -> Json.read(event).path("type").asText()).toList();
            default -> foundFields(key, redis.hash(key));
        };
    }

    private static Object foundFields(String key, Map<String, String> hash) {
        Map<String, String> fields = new TreeMap<>(hash);
        if (key.equals("state:global")) {
            return fields.getOrDefault("data", "");
        }
        if (key.equals("instances:records")) {
            fields.replaceAll((id, record) -> record.replaceFirst("\n\\d+\n", "\na time\n"));
        }
        if (key.startsWith("task:")) {
            fields.replaceAll((name, value) -> TIMES.contains(name) ? "a time" : value);
        }
        fields.keySet().removeAll(Set.of("registeredAt", "lastSeen", "updatedAt"));
        if (key.equals("metrics:global") || key.equals("quota:usage")) {
            fields.values().removeIf("0"::equals);
        }
        return fields.isEmpty() ? "nothing" : fields;
    }

    private static Object foundInOrder(String key, Map<String, Double> members) {
        return switch (key) {
            case "leader:candidates" -> List.copyOf(members.keySet());
            case "instances:active", "tasks:pending-since", "tasks:leases", "tasks:resources" ->
                new TreeSet<>(members.keySet());
            default -> BY_TIME.containsValue(key)
                    ? new TreeSet<>(members.keySet())
                    : members.entrySet()
                            .stream()
                            .map(member -> member.getKey() + "@" + member.getValue().longValue())
                            .toList();
        };
    }

    private static Set<String> ids(List<Task> tasks) {
        return tasks.stream().map(task -> task.id).collect(Collectors.toCollection(TreeSet::new));
    }

    private static List<String> scored(List<Task> tasks, ToLongFunction<Task> score) {
        return tasks.stream().map(task -> task.id + "@" + score.applyAsLong(task)).toList();
    }

    private static List<Task> filtered(List<Task> tasks, Predicate<Task> condition) {
        return tasks.stream().filter(condition).toList();
    }

    private static void require(boolean condition, String message) {
        if (!condition) {
            throw new AssertionError(message);
        }
    }
}
