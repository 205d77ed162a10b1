package dev.claudebench.model;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;

import org.jspecify.annotations.NullMarked;

import dev.claudebench.model.FleetModel.Instance;
import dev.claudebench.model.FleetTasks.Status;
import dev.claudebench.model.FleetTasks.Task;

/**
 * What each key holds, in a form that can be compared: what the model wants against what Redis has. A key that the model does
 * not know is one that somebody left behind.
 */
@NullMarked
final class FleetContents {
    private static final Set<String> TIMES = Set.of("createdAt", "assignedAt", "claimedAt", "completedAt");

    /** The order of each task as it was when the task was accepted: it must never change. */
    private final Map<String, Double> orders = new HashMap<>();

    /** Fails on the first key that is not as the model wants it. */
    void compare(FleetModel model, FleetSnapshot redis) {
        redis.zset("queue:tasks:pending").forEach(orders::putIfAbsent);
        Map<String, Object> wanted = wanted(model);
        Set<String> keys = new TreeSet<>(wanted.keySet());
        keys.addAll(redis.keys());
        keys.removeAll(Set.of("stream:events", "time:last-run", "time:grace"));
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
        for (Instance instance : model.instances.values()) {
            if (!instance.alive()) {
                continue;
            }
            long deadline = (long) redis.score("instances:active", instance.id);
            for (String key : List.of("instance:" + instance.id, "health:gossip:" + instance.id)) {
                require(redis.expiresAt(key) == deadline, key + " does not last as long as the instance");
            }
            require(!instance.id.equals(model.leader) || redis.expiresAt("leader:current") == deadline,
                    "the lease does not last as long as the leader " + instance.id);
        }
        for (Task task : model.tasks.all()) {
            require(!task.kept || task.status.ended() == redis.expiresAt("task:" + task.id) > 0,
                    "the record of task " + task.id + " is kept too long or too short");
        }
    }

    private Map<String, Object> wanted(FleetModel model) {
        Map<String, Object> wanted = new TreeMap<>();
        instances(model, wanted);
        tasks(model, wanted);
        wanted.put("metrics:global", metrics(model));
        wanted.put("state:global", model.announcedState);
        wanted.put("leader:current", model.leader == null ? "" : model.leader);
        wanted.put("leader:term", model.term == 0 ? "" : Long.toString(model.term));
        wanted.values()
                .removeIf(content -> content.equals("") || content.equals(List.of()) || content.equals(Map.of())
                        || content.equals(Set.of()));
        return wanted;
    }

    private static void instances(FleetModel model, Map<String, Object> wanted) {
        Map<String, String> roles = new TreeMap<>();
        Map<String, String> records = new TreeMap<>();
        Map<String, String> load = new TreeMap<>();
        Map<String, String> unclaimed = new TreeMap<>();
        Map<String, Map<String, String>> donors = new TreeMap<>();
        Map<String, Set<String>> byRole = new TreeMap<>();
        for (Instance instance : model.instances.values()) {
            String id = instance.id;
            roles.put(id, FleetEvents.json(instance.roles));
            records.put(id, roles.get(id) + "\n" + instance.session + "\na time\n{}");
            instance.roles.forEach(role -> byRole.computeIfAbsent(role, any -> new TreeSet<>()).add(id));
            if (instance.worker()) {
                load.put(id, Integer.toString(model.tasks.heldBy(id).size()));
            }
            Set<String> sets = new TreeSet<>();
            model.tasks.unclaimedBy(id).forEach(task -> sets.add(task.roleSet()));
            if (!sets.isEmpty()) {
                unclaimed.put(id, String.join(" ", sets));
            }
            sets.forEach(set -> donors.computeIfAbsent(set, any -> new TreeMap<>())
                    .put(id, Integer.toString(model.tasks.heldBy(id).size())));
            if (instance.alive()) {
                wanted.put("instance:" + id,
                        new TreeMap<>(Map.of("id", id, "roles", roles.getOrDefault(id, ""), "sessionId",
                                instance.session, "metadata", "{}", "status", "active", "health", "healthy")));
                wanted.put("health:gossip:" + id, new TreeMap<>(Map.of("status", "healthy")));
            }
        }
        wanted.put("instances:active", roles.keySet());
        wanted.put("instances:records", records);
        wanted.put("leader:candidates", model.candidates().stream().map(instance -> instance.id).toList());
        wanted.put("workers:load", load);
        wanted.put("workers:rolesets", unclaimed);
        donors.forEach((set, workers) -> wanted.put("workers:unclaimed:" + set, workers));
        byRole.forEach((role, ids) -> wanted.put("role:" + role, ids));
    }

    private void tasks(FleetModel model, Map<String, Object> wanted) {
        FleetTasks tasks = model.tasks;
        wanted.put("queue:tasks:pending", ordered(tasks.in(Status.PENDING)));
        Map<String, String> roleSets = new TreeMap<>();
        tasks.roleSets().forEach((set, count) -> roleSets.put(set, count.toString()));
        wanted.put("tasks:rolesets", roleSets);
        for (String set : tasks.pendingRoleSets()) {
            wanted.put("queue:tasks:pending:" + set, ordered(filtered(tasks.in(Status.PENDING),
                    task -> task.roleSet().equals(set))));
        }
        for (Instance instance : model.instances.values()) {
            wanted.put("queue:instance:" + instance.id, ordered(tasks.heldBy(instance.id)));
        }
        wanted.put("tasks:all", tasks.all().stream().map(task -> task.id + "@" + task.arrival).toList());
        wanted.put("tasks:assigned", ordered(tasks.in(Status.ASSIGNED)));
        wanted.put("tasks:in_progress", ordered(tasks.in(Status.IN_PROGRESS)));
        wanted.put("tasks:completed", tasks.in(Status.COMPLETED).stream().map(task -> task.id).toList());
        wanted.put("tasks:dead", tasks.in(Status.DEAD).stream().map(task -> task.id).toList());
        filtered(tasks.all(), task -> task.kept).forEach(task -> wanted.put("task:" + task.id, record(task)));
        tasks.idempotencyKeys().forEach((key, id) -> wanted.put("idempotency:task.create:" + key, id));
        long accepted = model.totals.getOrDefault("tasksCreated", 0L);
        wanted.put("queue:tasks:sequence", accepted == 0 ? "" : Long.toString(accepted));
    }

    private static Map<String, String> record(Task task) {
        Map<String, String> fields = new TreeMap<>();
        fields.put("id", task.id);
        fields.put("text", "text of " + task.id);
        fields.put("priority", Integer.toString(task.priority));
        fields.put("roles", FleetEvents.json(task.roles));
        fields.put("roleSet", task.roleSet());
        fields.put("metadata", "{}");
        fields.put("status", task.status.text());
        fields.put("attempts", Integer.toString(task.failures));
        fields.put("createdAt", "a time");
        if (task.worker != null) {
            fields.put("workerId", task.worker);
            fields.put("assignedAt", "a time");
        }
        if (task.worker != null && task.status != Status.ASSIGNED) {
            fields.put("claimedAt", "a time");
        }
        if (task.status.ended()) {
            fields.put("completedAt", "a time");
        }
        if (task.endedBy != null) {
            fields.put("endedSession", task.endedBy);
        }
        if (task.awaitsRetry) {
            fields.put("awaitsRetry", "1");
        }
        if (task.failedBy != null && task.failedSession != null) {
            fields.put("failedBy", task.failedBy);
            fields.put("failedSession", task.failedSession);
        }
        if (task.result != null) {
            fields.put("result", task.result);
        }
        if (task.error != null) {
            fields.put("error", task.error);
        }
        return fields;
    }

    private static Map<String, String> metrics(FleetModel model) {
        FleetTasks tasks = model.tasks;
        Map<String, Long> numbers = new TreeMap<>(model.totals);
        numbers.put("instances", (long) model.instances.size());
        numbers.put("workers", (long) model.workers().size());
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
        if (key.equals("workers:rolesets")) {
            fields.replaceAll((worker, sets) -> String.join(" ", new TreeSet<>(List.of(sets.split(" ")))));
        }
        if (key.equals("metrics:global")) {
            fields.values().removeIf("0"::equals);
        }
        return fields;
    }

    private static Object foundInOrder(String key, Map<String, Double> members) {
        if (key.startsWith("workers:unclaimed:")) {
            return counts(members);
        }
        return switch (key) {
            case "instances:active" -> new TreeSet<>(members.keySet());
            case "leader:candidates", "tasks:completed", "tasks:dead" -> List.copyOf(members.keySet());
            case "workers:load" -> counts(members);
            default -> members.entrySet()
                    .stream()
                    .map(member -> member.getKey() + "@" + member.getValue().longValue())
                    .toList();
        };
    }

    private static Map<String, String> counts(Map<String, Double> members) {
        Map<String, String> counts = new TreeMap<>();
        members.forEach((member, score) -> counts.put(member, Long.toString(score.longValue())));
        return counts;
    }

    private List<String> ordered(List<Task> tasks) {
        return tasks.stream().map(task -> task.id + "@" + orders.getOrDefault(task.id, -1.0).longValue()).toList();
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
