package dev.claudebench.support;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.NullMarked;

import dev.claudebench.method.Json;

/**
 * Writes a large fleet into Redis by plain commands, with the same keys as the scripts would write. The instances are {@code i0},
 * {@code i1}, …, every second one a worker; the expired ones are {@code d0}, …
 */
@NullMarked
public final class FleetFiller {
    /** The roles of a worker; it may take any of the tasks. */
    public static final List<String> WORKER_ROLES = List.of("worker", "gpu", "specialist");

    private static final List<String> OTHER_ROLES = List.of("monitor");
    private static final String[] ROLE_SETS = {"-", "gpu", "gpu,specialist"};
    private static final String[] REQUIRED_ROLES = {"[]", "[\"gpu\"]", "[\"gpu\",\"specialist\"]"};
    private static final int PRIORITIES = 10;
    private static final long PRIORITY_STEP = 1L << 46;
    private static final long WITHOUT_LEADER_ROLE = 4_500_000_000_000_000L;

    private final OutputStream out;
    private final String prefix;
    private final Fleet fleet;
    private final long now = System.currentTimeMillis();
    private final Map<String, Long> deadlines = new TreeMap<>();
    private final Set<String> tasks = new TreeSet<>();
    private int assigned;
    private int begun;

    /**
     * The size of a fleet.
     *
     * @param instances number of live instances
     * @param pending number of pending tasks
     * @param assigned number of assigned tasks of each worker
     * @param begun number of tasks in progress of each worker, each of which holds a resource
     * @param dead number of workers that have expired and are not removed yet
     * @param completed number of completed tasks
     */
    public record Fleet(int instances, int pending, int assigned, int begun, int dead, int completed) {
        public Fleet(int instances, int pending, int assigned, int begun, int dead) {
            this(instances, pending, assigned, begun, dead, 0);
        }
    }

    private FleetFiller(OutputStream out, String prefix, Fleet fleet) {
        this.out = out;
        this.prefix = prefix;
        this.fleet = fleet;
    }

    /**
     * Fills an empty Redis.
     *
     * @return the ids of the tasks
     */
    public static Set<String> fill(URI redis, String prefix, Fleet fleet) {
        try (Socket socket = new Socket(redis.getHost(), redis.getPort());
                OutputStream out = new BufferedOutputStream(socket.getOutputStream(), 1 << 16)) {
            FleetFiller filler = new FleetFiller(out, prefix, fleet);
            filler.write();
            // the only reply; Redis sends it after all commands before it
            out.flush();
            if (socket.getInputStream().read() != '+') {
                throw new IllegalStateException("Redis refuses the fleet");
            }
            return filler.tasks;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void write() throws IOException {
        send("CLIENT", "REPLY", "OFF");
        for (int i = 0; i < fleet.instances(); i++) {
            boolean worker = i % 2 == 0;
            instance("i" + i, i, worker ? WORKER_ROLES : OTHER_ROLES, true);
            if (worker) {
                load("i" + i);
            }
        }
        for (int i = 0; i < fleet.dead(); i++) {
            instance("d" + i, fleet.instances() + i, WORKER_ROLES, false);
            load("d" + i);
        }
        for (int i = 0; i < fleet.pending(); i++) {
            pending();
        }
        for (int i = 0; i < fleet.completed(); i++) {
            String id = task("completed", "[]");
            send("HSET", key("task:" + id), "completedAt", now);
            send("ZADD", key("tasks:completed"), now, id);
        }
        send("SET", key("queue:tasks:sequence"), tasks.size());
        send("SET", key("tasks:claim"), now);
        send("HSET", key("quota:usage"), "instances", fleet.instances() + fleet.dead(), "tasks",
                tasks.size() - fleet.completed(), "bytes", 50 * (tasks.size() - fleet.completed()));
        int workers = (fleet.instances() + 1) / 2 + fleet.dead();
        send("HSET", key("metrics:global"), "instances", fleet.instances() + fleet.dead(), "workers", workers,
                "tasksPending", fleet.pending(), "tasksAssigned", assigned, "tasksInProgress", begun);
        // last, so that no sweep finds an incomplete instance
        for (Map.Entry<String, Long> instance : deadlines.entrySet()) {
            send("ZADD", key("instances:active"), instance.getValue(), instance.getKey());
        }
        send("CLIENT", "REPLY", "ON");
    }

    private void instance(String id, int place, List<String> roles, boolean alive) throws IOException {
        long deadline = alive
                ? now + TimeUnit.HOURS.toMillis(1) + place
                : now - fleet.instances() - fleet.dead() + place;
        deadlines.put(id, deadline);
        send("HSET", key("instances:records"), id, Json.text(roles) + "\ns1\n" + now + "\n\n\n{}");
        send("ZADD", key("leader:candidates"), WITHOUT_LEADER_ROLE + now * 1000 + place, id);
        for (String role : roles) {
            send("SADD", key("role:" + role), id);
        }
        if (alive) {
            send("HSET", key("instance:" + id), "id", id, "roles", Json.text(roles), "sessionId", "s1", "metadata",
                    "{}", "status",
                    "active", "health", "healthy", "registeredAt", now, "capacity", "", "owner", "", "lastSeen",
                    now);
            send("PEXPIREAT", key("instance:" + id), deadline);
            send("HSET", key("health:gossip:" + id), "status", "healthy", "lastSeen", now);
            send("PEXPIREAT", key("health:gossip:" + id), deadline);
        }
    }

    private void load(String worker) throws IOException {
        for (int i = 0; i < fleet.assigned(); i++) {
            String id = task("assigned", "[]");
            hold(worker, id);
            send("ZADD", key("tasks:assigned"), now, id);
            send("ZADD", key("queue:tasks:assigned:" + ROLE_SETS[kind()]), order(), id);
            assigned++;
        }
        for (int i = 0; i < fleet.begun(); i++) {
            String resource = "repo/file" + begun;
            String id = task("in_progress", "[\"" + resource + "\"]");
            hold(worker, id);
            long claim = now - begun;
            send("HSET", key("task:" + id), "claim", claim, "claimedAt", now);
            send("ZADD", key("tasks:in_progress"), now, id);
            send("ZADD", key("queue:claimed:" + worker), claim, id);
            send("ZADD", key("tasks:resources"), 0, resource + "/");
            begun++;
        }
    }

    private void hold(String worker, String id) throws IOException {
        send("HSET", key("task:" + id), "workerId", worker, "assignedAt", now);
        send("ZADD", key("queue:instance:" + worker), order(), id);
    }

    private void pending() throws IOException {
        String id = task("pending", "[]");
        send("ZADD", key("queue:tasks:pending"), order(), id);
        send("ZADD", key("queue:tasks:pending:" + ROLE_SETS[kind()]), order(), id);
        send("ZADD", key("tasks:pending-since"), now, id);
    }

    private String task(String status, String resources) throws IOException {
        String id = "t" + (tasks.size() + 1);
        tasks.add(id);
        send("HSET", key("task:" + id), "id", id, "text", "text of " + id, "priority", priority(), "roles",
                REQUIRED_ROLES[kind()], "roleSet", ROLE_SETS[kind()], "metadata", "{}", "status", status, "order",
                order(), "attempts", 0, "maxAttempts", 3, "leaseMs", 0, "dependsOn", "[]", "waitsFor", 0, "resources",
                resources, "createdAt", now);
        send("RPUSH", key("task-history:" + id), "{\"type\":\"task.created\"}");
        send("ZADD", key("tasks:all"), tasks.size(), id);
        send("SADD", key("tasks:next-roles:-"), "gpu");
        send("SADD", key("tasks:next-roles:gpu"), "specialist");
        return id;
    }

    /** Returns the priority of the newest task. */
    private int priority() {
        return tasks.size() % PRIORITIES * 10;
    }

    /** Returns the index of the role set of the newest task, which depends only on its priority. */
    private int kind() {
        return tasks.size() % PRIORITIES % ROLE_SETS.length;
    }

    /** Returns the score of the newest task. */
    private long order() {
        return (100 - priority()) * PRIORITY_STEP + tasks.size();
    }

    private String key(String name) {
        return prefix + name;
    }

    private void send(Object... words) throws IOException {
        StringBuilder command = new StringBuilder("*").append(words.length).append("\r\n");
        for (Object word : words) {
            String text = word.toString();
            command.append('$').append(text.length()).append("\r\n").append(text).append("\r\n");
        }
        out.write(command.toString().getBytes(StandardCharsets.US_ASCII));
    }
}
