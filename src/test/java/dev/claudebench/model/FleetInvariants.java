package dev.claudebench.model;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

import org.jspecify.annotations.NullMarked;

import dev.claudebench.method.Json;

/** What must hold at any moment, recounted from Redis alone: the model has no say in it. */
@NullMarked
final class FleetInvariants {
    private static final String PENDING = "queue:tasks:pending";

    private static final List<String> UNFINISHED = List.of(PENDING, "tasks:assigned", "tasks:in_progress");

    private final FleetSnapshot before;
    private final FleetSnapshot redis;
    private final int capacity;
    private final long latestDeadline;
    /** Where each live task was found. */
    private final Map<String, String> places = new HashMap<>();
    private final Set<String> active;

    private FleetInvariants(FleetSnapshot before, FleetSnapshot redis, int capacity, long latestDeadline) {
        this.before = before;
        this.redis = redis;
        this.capacity = capacity;
        this.latestDeadline = latestDeadline;
        this.active = redis.zset("instances:active").keySet();
    }

    /**
     * @param accepted the tasks that were ever accepted and whose records are kept
     * @param latestDeadline a full time to live from now
     */
    static void check(FleetSnapshot before, FleetSnapshot after, int capacity, Set<String> accepted,
            long latestDeadline) {
        FleetInvariants invariants = new FleetInvariants(before, after, capacity, latestDeadline);
        invariants.pendingTasksAreInTheirQueues();
        invariants.heldTasksAreInOneQueueAndTheIndexOfTheirStatus();
        invariants.noTaskIsLost(accepted);
        invariants.everyTaskIsInTheIndexOfAll();
        invariants.workersMayTakeWhatTheyHold();
        invariants.ordersStay();
        invariants.oneLiveLeader();
        invariants.countersAgree();
        invariants.nothingNamesWhatIsGone();
        invariants.nobodyLivesTooLong();
    }

    private void pendingTasksAreInTheirQueues() {
        Map<String, Double> pending = redis.zset(PENDING);
        Map<String, Double> bySet = new HashMap<>();
        Set<String> sets = redis.idsOf(PENDING + ":");
        for (String set : sets) {
            redis.zset(PENDING + ":" + set).forEach((task, order) -> {
                require(bySet.put(task, order) == null, "task " + task + " is in two queues of roles");
                require(set.equals(field(task, "roleSet")), "task " + task + " is in the queue of other roles");
            });
        }
        require(bySet.equals(pending),
                "pending are " + pending.keySet() + " but the queues of roles have " + bySet.keySet());
        pending.keySet().forEach(task -> place(task, "pending", ""));
    }

    private void heldTasksAreInOneQueueAndTheIndexOfTheirStatus() {
        Map<String, Double> held = new HashMap<>();
        for (String worker : redis.idsOf("queue:instance:")) {
            redis.zset("queue:instance:" + worker).forEach((task, order) -> {
                require(held.put(task, order) == null, "task " + task + " is held twice");
                place(task, field(task, "status"), worker);
            });
        }
        Map<String, Double> indexed = new HashMap<>();
        for (String status : List.of("assigned", "in_progress")) {
            redis.zset("tasks:" + status).forEach((task, order) -> {
                require(indexed.put(task, order) == null, "task " + task + " is in the indexes of two statuses");
                require(status.equals(field(task, "status")), "task " + task + " is not " + status);
            });
        }
        require(held.equals(indexed), "workers hold " + held.keySet() + " but the indexes have " + indexed.keySet());
    }

    private void place(String task, String status, String worker) {
        require(places.put(task, status) == null, "task " + task + " is pending and held at once");
        require(status.equals(field(task, "status")), "task " + task + " is not " + status);
        require(worker.equals(field(task, "workerId")), "task " + task + " does not belong to '" + worker + "'");
    }

    private void noTaskIsLost(Set<String> accepted) {
        for (String status : List.of("completed", "dead")) {
            redis.zset("tasks:" + status)
                    .keySet()
                    .stream()
                    .filter(accepted::contains)
                    .forEach(task -> place(task, status,
                            field(task, "workerId")));
        }
        for (String task : accepted) {
            require(places.containsKey(task), "task " + task + " is lost");
        }
    }

    private void everyTaskIsInTheIndexOfAll() {
        Set<String> indexed = new TreeSet<>();
        for (String index : List.of(PENDING, "tasks:assigned", "tasks:in_progress", "tasks:completed", "tasks:dead")) {
            indexed.addAll(redis.zset(index).keySet());
        }
        Set<String> all = new TreeSet<>(redis.zset("tasks:all").keySet());
        require(all.equals(indexed), "tasks:all has " + all + " but the indexes of the statuses have " + indexed);
        require(all.containsAll(redis.idsOf("task:")),
                "tasks:all has " + all + " but there are " + redis.idsOf("task:"));
    }

    private void workersMayTakeWhatTheyHold() {
        for (String worker : redis.idsOf("queue:instance:")) {
            Set<String> roles = rolesOf(worker);
            Set<String> queue = redis.zset("queue:instance:" + worker).keySet();
            for (String task : queue) {
                boolean assigned = field(task, "status").equals("assigned");
                boolean allowed = roles.contains("worker") && roles.containsAll(roles(field(task, "roles")));
                require(allowed || !assigned, worker + " was given task " + task + " that it may not take");
            }
            boolean grown = queue.size() > before.zset("queue:instance:" + worker).size();
            require(!grown || queue.size() <= capacity, worker + " was given more than its capacity");
        }
    }

    private void ordersStay() {
        Map<String, Double> orders = orders(before);
        orders(redis).forEach((task, order) -> require(order.equals(orders.getOrDefault(task, order)),
                "task " + task + " has lost its place"));
    }

    private static Map<String, Double> orders(FleetSnapshot snapshot) {
        Map<String, Double> orders = new HashMap<>();
        for (String index : UNFINISHED) {
            orders.putAll(snapshot.zset(index));
        }
        return orders;
    }

    private void oneLiveLeader() {
        String leader = redis.text("leader:current");
        require(leader.isEmpty() || redis.keys().contains("instance:" + leader), "the leader " + leader + " is dead");
        long elections = redis.events().stream().filter(event -> event.type().equals("leader.elected")).count();
        require(elections > 0 ? redis.term() > before.term() : redis.term() == before.term(),
                "the term does not rise by elections");
        require(redis.version() >= before.version(), "the version fell");
    }

    private void countersAgree() {
        Map<String, Long> load = counts("workers:load");
        unclaimedTasksAreIndexed(load);
        Map<String, String> roleSets = new TreeMap<>();
        for (String index : UNFINISHED) {
            redis.zset(index)
                    .keySet()
                    .forEach(task -> roleSets.merge(field(task, "roleSet"), "1",
                            (count, one) -> Long.toString(number(count) + number(one))));
        }
        require(roleSets.equals(redis.hash("tasks:rolesets")),
                "tasks:rolesets has " + redis.hash("tasks:rolesets") + " but there are " + roleSets);
        load.forEach((worker, count) -> require(count == redis.zset("queue:instance:" + worker).size(),
                "workers:load says that " + worker + " holds " + count + " tasks"));
        require(load.keySet().equals(redis.set("role:worker")), "workers:load does not name the workers");
        gauge("instances", active.size());
        gauge("workers", load.size());
        gauge("tasksPending", redis.zset(PENDING).size());
        gauge("tasksAssigned", redis.zset("tasks:assigned").size());
        gauge("tasksInProgress", redis.zset("tasks:in_progress").size());
        gauge("tasksDead", redis.zset("tasks:dead").size());
    }

    private void unclaimedTasksAreIndexed(Map<String, Long> load) {
        Map<String, Map<String, Long>> recounted = new TreeMap<>();
        Map<String, Set<String>> setsOf = new TreeMap<>();
        for (String worker : redis.idsOf("queue:instance:")) {
            for (String task : redis.zset("queue:instance:" + worker).keySet()) {
                if (field(task, "status").equals("assigned")) {
                    String set = field(task, "roleSet");
                    recounted.computeIfAbsent(set, any -> new TreeMap<>()).put(worker, load.getOrDefault(worker, -1L));
                    setsOf.computeIfAbsent(worker, any -> new TreeSet<>()).add(set);
                }
            }
        }
        Map<String, Map<String, Long>> indexed = new TreeMap<>();
        redis.idsOf("workers:unclaimed:").forEach(set -> indexed.put(set, counts("workers:unclaimed:" + set)));
        require(indexed.equals(recounted), "workers:unclaimed: has " + indexed + " but unclaimed are " + recounted);
        Map<String, Set<String>> named = new TreeMap<>();
        redis.hash("workers:rolesets").forEach((worker, sets) -> named.put(worker, Set.of(sets.split(" "))));
        require(named.equals(setsOf), "workers:rolesets has " + named + " but unclaimed are " + setsOf);
    }

    private void gauge(String name, int count) {
        String value = redis.hash("metrics:global").getOrDefault(name, "0");
        require(value.equals(Integer.toString(count)),
                "metrics:global says that " + name + " is " + value + ", not " + count);
    }

    private void nothingNamesWhatIsGone() {
        Set<String> named = new TreeSet<>(redis.hash("instances:records").keySet());
        named.addAll(redis.hash("workers:rolesets").keySet());
        for (String index : List.of("leader:candidates", "workers:load")) {
            named.addAll(redis.zset(index).keySet());
        }
        for (String prefix : List.of("instance:", "health:gossip:", "queue:instance:")) {
            named.addAll(redis.idsOf(prefix));
        }
        for (String role : redis.idsOf("role:")) {
            redis.set("role:" + role).forEach(id -> {
                named.add(id);
                require(rolesOf(id).contains(role), id + " has not the role " + role);
            });
        }
        named.removeAll(active);
        require(named.isEmpty(), "something names what is gone: " + named);
    }

    private void nobodyLivesTooLong() {
        redis.zset("instances:active")
                .forEach((id, deadline) -> require(deadline <= latestDeadline,
                        "the deadline of " + id + " is too late"));
        redis.keys()
                .stream()
                .filter(key -> key.startsWith("instance:") || key.startsWith("health:gossip:")
                        || key.equals("leader:current"))
                .forEach(key -> require(redis.expiresAt(key) <= latestDeadline, key + " lasts too long"));
    }

    private Set<String> rolesOf(String id) {
        return roles(redis.hash("instances:records").getOrDefault(id, "[]").lines().findFirst().orElse("[]"));
    }

    private static Set<String> roles(String json) {
        Set<String> roles = new TreeSet<>();
        Json.read(json).forEach(role -> roles.add(role.asText()));
        return roles;
    }

    private Map<String, Long> counts(String key) {
        Map<String, Long> counts = new TreeMap<>();
        redis.zset(key).forEach((member, score) -> counts.put(member, score.longValue()));
        return counts;
    }

    private String field(String task, String name) {
        return Objects.requireNonNullElse(redis.hash("task:" + task).get(name), "");
    }

    private static long number(String text) {
        return text.isEmpty() ? 0 : Long.parseLong(text);
    }

    private static void require(boolean condition, String message) {
        if (!condition) {
            throw new AssertionError(message);
        }
    }
}
