package dev.claudebench.model;

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
    private static final Map<String, String> INDEXES = Map.of("scheduled", "tasks:scheduled", "blocked",
            "tasks:blocked", "pending", PENDING, "assigned", "tasks:assigned", "in_progress", "tasks:in_progress",
            "completed", "tasks:completed", "dead", "tasks:dead", "cancelled", "tasks:cancelled");
    private static final Set<String> BEGINNABLE = Set.of("pending", "assigned");
    private static final Set<String> HELD = Set.of("assigned", "in_progress");

    private final FleetSnapshot before;
    private final FleetSnapshot redis;
    private final int capacity;
    private final long latestDeadline;
    /** The status of each task by the index that names it. */
    private final Map<String, String> statuses = new TreeMap<>();
    private final Set<String> active;

    private FleetInvariants(FleetSnapshot before, FleetSnapshot redis, int capacity, long latestDeadline) {
        this.before = before;
        this.redis = redis;
        this.capacity = capacity;
        this.latestDeadline = latestDeadline;
        this.active = redis.zset("instances:active").keySet();
    }

    /**
     * @param capacity of a worker that has registered with none of its own
     * @param accepted the tasks that were ever accepted and whose records are kept
     * @param latestDeadline a full time to live from now
     */
    static void check(FleetSnapshot before, FleetSnapshot after, int capacity, Set<String> accepted,
            long latestDeadline) {
        FleetInvariants invariants = new FleetInvariants(before, after, capacity, latestDeadline);
        invariants.everyTaskHasOneStatus(accepted);
        invariants.queuesAgreeWithRecords();
        invariants.workersMayTakeWhatTheyHold();
        invariants.resourcesAreHeldOnce();
        invariants.tasksWaitForWhatIsNotCompleted();
        invariants.ordersStay();
        invariants.oneLiveLeader();
        invariants.countersAgree();
        invariants.nothingNamesWhatIsGone();
        invariants.nobodyLivesTooLong();
    }

    private void everyTaskHasOneStatus(Set<String> accepted) {
        INDEXES.forEach((status, index) -> redis.zset(index).keySet().forEach(task -> {
            require(statuses.put(task, status) == null, "task " + task + " has two statuses");
            require(!isKept(task) || status.equals(field(task, "status")), "task " + task + " is not " + status);
        }));
        for (String task : accepted) {
            require(statuses.containsKey(task) && isKept(task), "task " + task + " is lost");
        }
        Set<String> all = redis.zset("tasks:all").keySet();
        require(new TreeSet<>(all).equals(statuses.keySet()),
                "tasks:all has " + all + " but the indexes of the statuses have " + statuses.keySet());
        for (String prefix : List.of("task:", "task-history:", "task-dependents:")) {
            require(all.containsAll(redis.idsOf(prefix)), "tasks:all has " + all + " but of " + prefix + " there are "
                    + redis.idsOf(prefix));
        }
    }

    private void queuesAgreeWithRecords() {
        Map<String, Map<String, String>> wanted = new TreeMap<>();
        statuses.forEach((task, status) -> {
            String order = field(task, "order");
            String worker = field(task, "workerId");
            if (status.equals("pending")) {
                put(wanted, "tasks:pending-since", task, "");
            }
            if (BEGINNABLE.contains(status)) {
                put(wanted, "queue:tasks:" + status + ":" + field(task, "roleSet"), task, order);
                String roleSet = field(task, "roleSet");
                int last = roleSet.lastIndexOf(',');
                require(roleSet.equals("-")
                        || redis.set("tasks:next-roles:" + (last < 0 ? "-" : roleSet.substring(0, last)))
                                .contains(roleSet.substring(last + 1)),
                        "nobody looks for task " + task);
            }
            if (HELD.contains(status)) {
                put(wanted, "queue:instance:" + worker, task, order);
            }
            if (status.equals("in_progress")) {
                put(wanted, "queue:claimed:" + worker, task, field(task, "claim"));
            }
            if (status.equals("in_progress") && !field(task, "leaseMs").equals("0")) {
                put(wanted, "tasks:leases", task, field(task, "leaseUntil"));
            }
        });
        Map<String, Map<String, String>> found = new TreeMap<>();
        for (String key : redis.keys()) {
            boolean isQueue = key.startsWith("queue:tasks:pending:") || key.startsWith("queue:tasks:assigned:")
                    || key.startsWith("queue:instance:") || key.startsWith("queue:claimed:");
            boolean isByTime = key.equals("tasks:pending-since");
            if (isQueue || isByTime || key.equals("tasks:leases")) {
                redis.zset(key).forEach((task, score) -> put(found, key, task, isByTime ? "" : text(score)));
            }
        }
        require(found.equals(wanted), "the queues are " + found + " but by the records " + wanted);
    }

    private static void put(Map<String, Map<String, String>> queues, String queue, String task, String score) {
        queues.computeIfAbsent(queue, any -> new TreeMap<>()).put(task, score);
    }

    private static String text(double score) {
        return Long.toString((long) score);
    }

    private void workersMayTakeWhatTheyHold() {
        for (String worker : active) {
            Set<String> roles = rolesOf(worker);
            for (String task : redis.zset("queue:instance:" + worker).keySet()) {
                boolean isAllowed = roles.contains("worker") && roles.containsAll(texts(field(task, "roles")));
                require(isAllowed || !"assigned".equals(statuses.get(task)),
                        worker + " was given task " + task + " that it may not take");
            }
            int claimed = redis.zset("queue:claimed:" + worker).size();
            boolean hasMore = claimed > before.zset("queue:claimed:" + worker).size();
            require(!hasMore || claimed <= capacityOf(worker), worker + " has begun more than its capacity");
        }
    }

    private int capacityOf(String worker) {
        String own = redis.hash("instances:records").getOrDefault(worker, "").split("\n", -1)[3];
        return own.isEmpty() ? capacity : Integer.parseInt(own);
    }

    private void resourcesAreHeldOnce() {
        Map<String, String> holders = new TreeMap<>();
        for (String task : redis.zset("tasks:in_progress").keySet()) {
            for (String resource : texts(field(task, "resources"))) {
                String path = resource + "/";
                holders.forEach((held, holder) -> require(
                        holder.equals(task) || (!held.startsWith(path) && !path.startsWith(held)),
                        "tasks " + holder + " and " + task + " both work on " + path));
                holders.put(path, task);
            }
        }
        require(new TreeSet<>(redis.zset("tasks:resources").keySet()).equals(holders.keySet()),
                "tasks:resources is not what tasks in progress hold");
    }

    private void tasksWaitForWhatIsNotCompleted() {
        statuses.forEach((task, status) -> {
            Set<String> uncompleted = texts(field(task, "dependsOn"));
            uncompleted.removeIf(id -> "completed".equals(statuses.get(id)));
            if (status.equals("blocked")) {
                require(!uncompleted.isEmpty(), "task " + task + " waits for nothing");
                uncompleted.stream()
                        .filter(statuses::containsKey)
                        .forEach(id -> require(redis.set("task-dependents:" + id).contains(task),
                                "task " + id + " will not unblock " + task));
            } else if (BEGINNABLE.contains(status) || status.equals("in_progress")) {
                uncompleted.removeIf(id -> !isKept(id));
                require(uncompleted.isEmpty(), "task " + task + " does not wait for " + uncompleted);
            }
        });
        redis.idsOf("task-dependents:")
                .forEach(id -> redis.set("task-dependents:" + id)
                        .forEach(task -> require("blocked".equals(statuses.get(task)), task + " is not blocked")));
    }

    private void ordersStay() {
        for (String task : redis.idsOf("task:")) {
            String order = before.hash("task:" + task).get("order");
            require(order == null || order.equals(field(task, "order")), "task " + task + " has lost its place");
        }
        redis.zset(PENDING)
                .forEach((task, order) -> require(text(order).equals(field(task, "order")),
                        "task " + task + " has lost its place"));
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
        gauge("instances", active.size());
        gauge("workers", redis.set("role:worker").size());
        gauge("tasksScheduled", redis.zset("tasks:scheduled").size());
        gauge("tasksBlocked", redis.zset("tasks:blocked").size());
        gauge("tasksPending", redis.zset(PENDING).size());
        gauge("tasksAssigned", redis.zset("tasks:assigned").size());
        gauge("tasksInProgress", redis.zset("tasks:in_progress").size());
        gauge("tasksDead", redis.zset("tasks:dead").size());
    }

    private void gauge(String name, int count) {
        String value = redis.hash("metrics:global").getOrDefault(name, "0");
        require(value.equals(Integer.toString(count)),
                "metrics:global says that " + name + " is " + value + ", not " + count);
    }

    private void nothingNamesWhatIsGone() {
        Set<String> named = new TreeSet<>(redis.hash("instances:records").keySet());
        named.addAll(redis.zset("leader:candidates").keySet());
        for (String prefix : List.of("instance:", "health:gossip:", "queue:instance:", "queue:claimed:")) {
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
        return texts(redis.hash("instances:records").getOrDefault(id, "[]").lines().findFirst().orElse("[]"));
    }

    private static Set<String> texts(String json) {
        Set<String> texts = new TreeSet<>();
        if (!json.isEmpty()) {
            Json.read(json).forEach(text -> texts.add(text.asText()));
        }
        return texts;
    }

    private boolean isKept(String task) {
        return redis.keys().contains("task:" + task);
    }

    private String field(String task, String name) {
        return Objects.requireNonNullElse(redis.hash("task:" + task).get(name), "");
    }

    private static void require(boolean condition, String message) {
        if (!condition) {
            throw new AssertionError(message);
        }
    }
}
