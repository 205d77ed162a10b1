package dev.claudebench.model;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.BiFunction;
import java.util.stream.Stream;

import org.jspecify.annotations.NullMarked;

import dev.claudebench.model.FleetModel.Instance;
import dev.claudebench.model.FleetRun.Life;
import dev.claudebench.model.FleetTasks.Status;
import dev.claudebench.model.FleetTasks.Task;
import dev.claudebench.redis.Reply;

/** What can happen to a fleet. Each action calls a script, tells the model, and compares what the two answer. */
@NullMarked
interface FleetAction {
    void run(FleetRun run);

    record Register(String id, String session, List<String> roles, String capacity, Life life) implements FleetAction {
        @Override
        public void run(FleetRun run) {
            Reply reply = run.call(life, "system_register", id, FleetEvents.json(roles), session, "{}", capacity);
            FleetModel.Registered expected = run.model().register(id, session, roles, capacity, life.ticks);
            run.expect("registered", expected.registered() ? 1L : 0L, reply.number("registered"));
            run.expect("becameLeader", expected.becameLeader() ? 1 : 0, reply.count("becameLeader"));
            run.expect("assigned", expected.assigned(), reply.count("assigned"));
            run.expect("total", expected.total(), reply.count("total"));
            run.expect("leader", Objects.requireNonNullElse(run.model().leader, ""), reply.text("leader"));
            run.expect("term", run.model().term, reply.number("term"));
            run.expect("version", run.version(), reply.number("version"));
        }
    }

    record Heartbeat(String id, String session, Life life) implements FleetAction {
        @Override
        public void run(FleetRun run) {
            Reply reply = run.call(life, "system_heartbeat", id, session);
            List<String> taken = run.model().heartbeat(id, session, life.ticks);
            run.expect("alive", taken == null ? 0L : 1L, reply.number("alive"));
            run.expect("taken", taken == null ? "" : String.join(" ", taken), reply.text("taken"));
        }
    }

    /** The nth of those alive is heard of. */
    record LiveHeartbeat(int nth, Life life) implements FleetAction {
        @Override
        public void run(FleetRun run) {
            List<Instance> alive = run.model().alive();
            if (!alive.isEmpty()) {
                Instance live = alive.get(nth % alive.size());
                run.note(live.id + " of session '" + live.session + "'");
                new Heartbeat(live.id, live.session, life).run(run);
            }
        }
    }

    record Unregister(String id, String session) implements FleetAction {
        @Override
        public void run(FleetRun run) {
            Reply reply = run.call("system_unregister", id, session);
            Integer requeued = run.model().unregister(id, session);
            run.expect("unregistered", requeued != null ? 1L : 0L, reply.number("unregistered"));
            run.expect("tasksReassigned", requeued != null ? requeued : 0, reply.count("tasksReassigned"));
        }
    }

    record Resign(String id, String session) implements FleetAction {
        @Override
        public void run(FleetRun run) {
            Reply reply = run.call("system_resign", id, session);
            run.expect("resigned", run.model().resign(id, session) ? 1L : 0L, reply.number("resigned"));
        }
    }

    /** The timer of several replicas. */
    record Sweep(int replicas) implements FleetAction {
        @Override
        public void run(FleetRun run) {
            List<Reply> replies = run.callOnEach(replicas, "sweep", 3, 1);
            int expired = 0;
            for (int i = 0; i < replicas; i++) {
                expired += run.model().sweepByTimer();
                run.model().totals.merge("calls", 3L, Long::sum);
                run.model().totals.merge("refusals", 1L, Long::sum);
            }
            run.expect("expired", (long) expired, replies.stream().mapToLong(reply -> reply.number("expired")).sum());
        }
    }

    /** All indexes are compared with the records. */
    record Repair() implements FleetAction {
        @Override
        public void run(FleetRun run) {
            Reply page = run.call("system_repair", 1, "-inf", "");
            while (page.number("repaired") == 0 && page.has("index")) {
                page = run.call("system_repair", page.number("index"), page.text("score"), page.text("id"));
            }
            run.expect("repaired", 0L, page.number("repaired"));
        }
    }

    record CheckHealth() implements FleetAction {
        @Override
        public void run(FleetRun run) {
            Reply reply = run.call("system_check_health");
            FleetModel.Swept swept = run.model().checkHealth();
            run.expect("failed", swept.expired(), reply.count("failed"));
            run.expect("reassigned", swept.requeued(), reply.count("reassigned"));
            run.expect("healthy",
                    run.model()
                            .alive()
                            .stream()
                            .filter(one -> one.deadline - run.model().now > Life.LONG.ticks / 2 * FleetModel.TICK)
                            .count(),
                    reply.number("healthy"));
        }
    }

    record GetState(int limit) implements FleetAction {
        private static final List<String> OPEN = List.of("tasks:in_progress", "tasks:assigned", "queue:tasks:pending",
                "tasks:scheduled", "tasks:blocked");

        @Override
        public void run(FleetRun run) {
            Reply reply = run.call("system_get_state", limit);
            run.expect("version", run.version(), reply.number("version"));
            run.expect("leader", Objects.requireNonNullElse(run.model().leader, ""), reply.text("leader"));
            run.expect("term", run.model().term, reply.number("term"));
            Map<String, Double> deadlines = run.redisBefore().zset("instances:active");
            List<String> seenLast = new ArrayList<>(deadlines.keySet());
            seenLast.removeIf(id -> run.model().live(id) == null);
            List<String> shown = seenLast.subList(Math.max(0, seenLast.size() - limit), seenLast.size());
            run.expect("instances",
                    run.model().candidates().stream().map(one -> one.id).filter(shown::contains).toList(),
                    FleetRun.ids(reply.list("instances")));
            List<String> tasks = new ArrayList<>();
            for (String index : OPEN) {
                tasks.addAll(run.redis().zset(index).keySet());
            }
            run.expect("tasks", tasks.stream().limit(limit).toList(), FleetRun.ids(reply.list("tasks")));
            List<String> newestFirst = new ArrayList<>();
            run.allEvents().forEach(event -> newestFirst.add(0, event.id()));
            run.expect("recentEvents", newestFirst.stream().limit(limit).toList(),
                    FleetRun.ids(reply.list("recentEvents")));
            run.expect("alive", (long) seenLast.size(), reply.number("alive"));
            run.expect("counts", counts(run.model()), reply.field("counts").numbers());
            run.expect("truncated", seenLast.size() > limit || tasks.size() > limit ? 1L : 0L,
                    reply.number("truncated"));
        }
    }

    /** All pages of the lists of tasks: of all, of each status and of each worker. */
    record ListTasks(int limit) implements FleetAction {
        @Override
        public void run(FleetRun run) {
            FleetTasks tasks = run.model().tasks;
            run.expect("tasks", kept(run, tasks.all()), listed(run, "", ""));
            for (Status status : Status.values()) {
                run.expect(status + " tasks", kept(run, tasks.in(status)).stream().sorted().toList(),
                        listed(run, status.text(), "").stream().sorted().toList());
            }
            for (String worker : run.model().instances.keySet()) {
                run.expect("tasks of " + worker, kept(run, tasks.heldBy(worker)), listed(run, "", worker));
                run.expect("assigned tasks of " + worker, kept(run, tasks.heldBy(worker, Status.ASSIGNED)),
                        listed(run, Status.ASSIGNED.text(), worker));
            }
        }

        private List<String> listed(FleetRun run, String status, String worker) {
            return idsOfPages((score, id) -> run.call("task_list", limit, score, id, status, worker));
        }

        private static List<String> kept(FleetRun run, List<Task> tasks) {
            return tasks.stream().filter(run.model().tasks::isKept).map(task -> task.id).toList();
        }
    }

    /** All pages of the list of instances with a role. */
    record ListInstances(int limit, String role) implements FleetAction {
        @Override
        public void run(FleetRun run) {
            run.expect("instances",
                    run.model()
                            .alive()
                            .stream()
                            .filter(one -> role.isEmpty() || one.roles.contains(role))
                            .map(one -> one.id)
                            .toList(),
                    idsOfPages((score, id) -> run.call("system_list_instances", limit, score, id, role)));
        }
    }

    record Metrics() implements FleetAction {
        @Override
        public void run(FleetRun run) {
            Map<String, String> numbers = new TreeMap<>();
            run.call("system_metrics").numbers().forEach((name, number) -> numbers.put(name, number.toString()));
            run.expect("metrics", run.redis().hash("metrics:global"), numbers);
            Reply size = run.call("fleet_metrics", "worker,leader");
            FleetModel model = run.model();
            run.expect("instances", (long) model.alive().size(),
                    size.number("instances"));
            run.expect("leader", model.leader == null ? 0L : 1L, size.number("leader"));
            run.expect("workers", (long) model.workers().size(), size.field("roles").number("worker"));
            run.expect("tasks", counts(model), size.field("tasks").numbers());
            size.field("totals")
                    .numbers()
                    .forEach((total, number) -> run.expect(total, model.totals.getOrDefault(total, 0L), number));
        }
    }

    /** The service is started again with another capacity of a worker. */
    record Capacity(int tasks) implements FleetAction {
        @Override
        public void run(FleetRun run) {
            run.model().settings = run.model().settings.withCapacity(tasks);
            run.call("system_metrics");
        }
    }

    private static Map<String, Long> counts(FleetModel model) {
        Map<String, Long> counts = new TreeMap<>();
        Stream.of(Status.values()).forEach(status -> counts.put(status.text(), (long) model.tasks.count(status)));
        return counts;
    }

    /** @param read gives the page behind a score and an id */
    private static List<String> idsOfPages(BiFunction<String, String, Reply> read) {
        Reply page = read.apply("-inf", "");
        List<String> ids = new ArrayList<>(FleetRun.ids(page.list("records")));
        while (page.has("score")) {
            page = read.apply(page.text("score"), page.text("id"));
            ids.addAll(FleetRun.ids(page.list("records")));
        }
        return ids;
    }
}
