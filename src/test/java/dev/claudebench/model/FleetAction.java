package dev.claudebench.model;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BiFunction;
import java.util.stream.Stream;

import org.jspecify.annotations.NullMarked;
import org.jspecify.annotations.Nullable;

import dev.claudebench.model.FleetModel.Instance;
import dev.claudebench.model.FleetRun.Life;
import dev.claudebench.model.FleetTasks.Status;
import dev.claudebench.model.FleetTasks.Task;
import dev.claudebench.redis.Reply;

/** What can happen to a fleet. Each action calls a script, tells the model, and compares what the two answer. */
@NullMarked
interface FleetAction {
    void run(FleetRun run);

    record Register(String id, String session, List<String> roles, Life life) implements FleetAction {
        @Override
        public void run(FleetRun run) {
            Reply reply = run.call(life, "system_register", id,
                    FleetEvents.json(roles), session, "{}");
            FleetModel.Registered expected = run.model().register(id, session, roles, run.capacity());
            run.expect("registered", expected.registered() ? 1L : 0L, reply.number("registered"));
            run.expect("becameLeader", expected.becameLeader() ? 1 : 0, reply.count("becameLeader"));
            run.expect("assigned", expected.assigned(), reply.count("assigned"));
            run.expect("total", expected.total(), reply.count("total"));
            run.expect("leader", Objects.requireNonNullElse(run.model().leader, ""), reply.text("leader"));
            run.expect("term", run.model().term, reply.number("term"));
            run.expect("version", run.version(), reply.number("version"));
            if (expected.registered()) {
                run.live(id, life);
            }
        }
    }

    record Heartbeat(String id, String session, Life life) implements FleetAction {
        @Override
        public void run(FleetRun run) {
            Reply reply = run.call(life, "system_heartbeat", id,
                    session);
            boolean alive = run.model().heartbeat(id, session, run.capacity());
            run.expect("alive", alive ? 1L : 0L, reply.number("alive"));
            if (alive) {
                run.live(id, life);
            }
        }
    }

    /** Instances of the first session are heard of for the last time, all at once. */
    record Silence(Set<String> ids) implements FleetAction {
        private static final String SESSION = "s1";

        @Override
        public void run(FleetRun run) {
            List<Reply> replies = run.callForAMoment("system_heartbeat", List.copyOf(ids),
                    id -> new Object[]{id, SESSION});
            List<Boolean> alive = List.copyOf(ids)
                    .stream()
                    .map(id -> run.model().heartbeat(id, SESSION, run.capacity()))
                    .toList();
            run.expect("alive", alive, replies.stream().map(reply -> reply.number("alive") == 1).toList());
            // those who were heard of in one millisecond are cleared away in the order of their names
            run.redis()
                    .zset("instances:active")
                    .keySet()
                    .stream()
                    .filter(id -> ids.contains(id) && run.model().liveOf(id, SESSION) != null)
                    .forEach(id -> run.live(id, Life.MOMENT));
        }
    }

    record Unregister(String id, String session) implements FleetAction {
        @Override
        public void run(FleetRun run) {
            Reply reply = run.call("system_unregister", id, session);
            Integer requeued = run.model().unregister(id, session, run.capacity());
            run.expect("unregistered", requeued != null ? 1L : 0L, reply.number("unregistered"));
            run.expect("tasksReassigned", requeued != null ? requeued : 0, reply.count("tasksReassigned"));
        }
    }

    record Create(int priority, List<String> roles, String key) implements FleetAction {
        @Override
        public void run(FleetRun run) {
            String id = run.newTask();
            run.note(id);
            String roleSet = roles.isEmpty() ? "-" : String.join(",", roles.stream().sorted().toList());
            Reply reply = run.call("task_create", id, "text of " + id, priority, FleetEvents.json(roles), roleSet, "{}",
                    key);
            Task existing = run.model().tasks.madeBy(key);
            Set<String> sets = run.model().tasks.roleSets().keySet();
            if (existing == null && !sets.contains(roleSet) && sets.size() >= run.settings().maxRoleSets()) {
                run.expect("refused", "too_many_role_sets", String.valueOf(reply.textOrNull("refused")));
                return;
            }
            Task task = existing != null ? existing : run.model().create(id, priority, roles, key);
            run.expect("id", task.id, reply.field("task").text("id"));
            run.expect("status", task.status.text(), reply.field("task").text("status"));
        }
    }

    record Claim(String worker, String session, int most) implements FleetAction {
        @Override
        public void run(FleetRun run) {
            Reply reply = run.call("task_claim", worker, session, most);
            List<Task> claimed = run.model().claim(worker, session, most, run.capacity());
            if (claimed == null) {
                run.expect("refused", "worker_not_registered", String.valueOf(reply.textOrNull("refused")));
            } else {
                run.expect("tasks", claimed.stream().map(task -> task.id).toList(), ids(reply.list("tasks")));
            }
        }
    }

    /** The nth of those alive is heard of. */
    record LiveHeartbeat(int nth, Life life) implements FleetAction {
        @Override
        public void run(FleetRun run) {
            Instance live = pick(run.model().instances.values().stream().filter(Instance::alive).toList(), nth);
            if (live != null) {
                run.note(live.id + " of session '" + live.session + "'");
                new Heartbeat(live.id, live.session, life).run(run);
            }
        }
    }

    /** The nth of the workers alive claims. */
    record WorkerClaim(int nth, int most) implements FleetAction {
        @Override
        public void run(FleetRun run) {
            Instance worker = pick(run.model().workers().stream().filter(Instance::alive).toList(), nth);
            if (worker != null) {
                run.note(worker.id + " of session '" + worker.session + "'");
                new Claim(worker.id, worker.session, most).run(run);
            }
        }
    }

    /** Who says that a task has ended. */
    enum Teller {
        /** Its holder, as it should be. */
        HOLDER,
        /** The holder's session, without naming the worker. */
        UNNAMED,
        OTHER_WORKER,
        OTHER_SESSION,
        /** The holder, about a task that may not be begun, or has ended already. */
        HOLDER_OF_ANY
    }

    /** The report that a task went well, or failed: the nth of those in progress, or of all where none is. */
    record End(int nth, boolean failed, Teller teller, @Nullable Integer attemptsAgo) implements FleetAction {
        @Override
        public void run(FleetRun run) {
            Task task = choose(run);
            String id = task == null ? "none" : task.id;
            String holder = task == null || task.worker == null ? "a" : task.worker;
            Instance instance = run.model().instances.get(holder);
            String session = task != null && task.status.ended() && task.endedBy != null
                    ? task.endedBy
                    : instance == null ? "s1" : instance.session;
            String worker = switch (teller) {
                case UNNAMED -> "";
                case OTHER_WORKER -> holder.equals("a") ? "b" : "a";
                default -> holder;
            };
            session = teller == Teller.OTHER_SESSION ? session + "x" : session;
            String result = failed ? "" : "\"result of " + id + "\"";
            String error = failed ? "error of " + id : "";
            Integer attempts = task == null || attemptsAgo == null ? null : Math.max(0, task.failures - attemptsAgo);
            run.note(id + " by '" + worker + "' of session '" + session + "', attempts " + attempts);
            Reply reply = run.call(run.lifeOfEnded(), "task_complete", id, worker, session, result, error,
                    attempts == null ? "" : attempts);
            FleetModel.Report report = new FleetModel.Report(id, worker, session, failed, attempts);
            Set<String> objections = run.model().objections(report);
            if (task == null || !objections.isEmpty()) {
                String refusal = String.valueOf(reply.textOrNull("refused"));
                if (!objections.contains(refusal)) {
                    throw new AssertionError("answered refusal " + refusal + " instead of one of " + objections);
                }
                return;
            }
            boolean repeated = run.model().repeatsFailure(task, report);
            Status status = repeated ? Status.PENDING : accepted(run, task, session, result, error);
            run.expect("status", status.text(), reply.text("status"));
            run.expect("id", id, reply.text("id"));
            if (!status.ended()) {
                run.expect("completedAt", 0L, reply.number("completedAt"));
            } else if (task.kept) {
                String completedAt = String.valueOf(run.redis().hash("task:" + id).get("completedAt"));
                run.expect("completedAt", completedAt, reply.text("completedAt"));
            }
        }

        private Status accepted(FleetRun run, Task task, String session, String result, String error) {
            if (task.status.ended()) {
                return task.status;
            }
            boolean last = !failed || task.failures + 1 >= run.settings().maxAttempts();
            run.model().end(task, session, result, error, run.settings().maxAttempts(), run.capacity());
            if (!last) {
                return Status.PENDING;
            }
            run.forgetRecord(task);
            return task.status;
        }

        private @Nullable Task choose(FleetRun run) {
            List<Task> begun = run.model().tasks.in(Status.IN_PROGRESS);
            List<Task> choice = teller == Teller.HOLDER_OF_ANY || begun.isEmpty() ? run.model().tasks.all() : begun;
            return pick(choice, nth);
        }
    }

    /** The timer of several replicas. */
    record Sweep(int replicas) implements FleetAction {
        @Override
        public void run(FleetRun run) {
            List<Reply> replies = run.callOnEach(replicas, "sweep");
            int expired = 0;
            for (int i = 0; i < replicas; i++) {
                expired += run.model().sweepByTimer(run.capacity());
            }
            run.expect("expired", (long) expired, replies.stream().mapToLong(reply -> reply.number("expired")).sum());
        }
    }

    record CheckHealth() implements FleetAction {
        @Override
        public void run(FleetRun run) {
            Reply reply = run.call("system_check_health");
            FleetModel.Swept swept = run.model().checkHealth(run.capacity());
            run.expect("failed", swept.expired(), reply.count("failed"));
            run.expect("reassigned", swept.requeued(), reply.count("reassigned"));
            run.expect("healthy",
                    run.model().instances.values().stream().filter(one -> one.alive() && !one.ageing).count(),
                    reply.number("healthy"));
        }
    }

    record GetState(int limit) implements FleetAction {
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
                    ids(reply.list("instances")));
            run.expect("tasks", taskIds(run, Status.IN_PROGRESS, Status.ASSIGNED, Status.PENDING).limit(limit).toList(),
                    ids(reply.list("tasks")));
            List<String> newestFirst = new ArrayList<>();
            run.allEvents().forEach(event -> newestFirst.add(0, event.id()));
            run.expect("recentEvents", newestFirst.stream().limit(limit).toList(), ids(reply.list("recentEvents")));
            run.expect("alive", (long) seenLast.size(), reply.number("alive"));
            Map<String, Long> counts = new TreeMap<>();
            Stream.of(Status.values())
                    .forEach(status -> counts.put(status.text(), (long) run.model().tasks.count(status)));
            run.expect("counts", counts, reply.field("counts").numbers());
            int open = run.model().tasks.count(Status.IN_PROGRESS, Status.ASSIGNED, Status.PENDING);
            run.expect("truncated", seenLast.size() > limit || open > limit ? 1L : 0L, reply.number("truncated"));
        }
    }

    /** All pages of the lists of tasks: of all, of each status and of each worker. */
    record ListTasks(int limit) implements FleetAction {
        @Override
        public void run(FleetRun run) {
            FleetTasks tasks = run.model().tasks;
            run.expect("tasks", kept(tasks.all()), listed(run, "", ""));
            for (Status status : Status.values()) {
                run.expect(status + " tasks", kept(tasks.in(status)), listed(run, status.text(), ""));
            }
            for (String worker : run.model().instances.keySet()) {
                run.expect("tasks of " + worker, kept(tasks.heldBy(worker)), listed(run, "", worker));
                run.expect("unclaimed tasks of " + worker, kept(tasks.unclaimedBy(worker)),
                        listed(run, Status.ASSIGNED.text(), worker));
            }
        }

        private List<String> listed(FleetRun run, String status, String worker) {
            return idsOfPages((score, id) -> run.call("task_list", limit, score, id, status, worker));
        }

        private static List<String> kept(List<Task> tasks) {
            return tasks.stream().filter(task -> task.kept).map(task -> task.id).toList();
        }
    }

    /** All pages of the list of instances with a role. */
    record ListInstances(int limit, String role) implements FleetAction {
        @Override
        public void run(FleetRun run) {
            run.expect("instances",
                    run.model()
                            .candidates()
                            .stream()
                            .filter(one -> one.alive() && (role.isEmpty() || one.roles.contains(role)))
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
            run.expect("instances", model.instances.values().stream().filter(Instance::alive).count(),
                    size.number("instances"));
            run.expect("leader", model.leader == null ? 0L : 1L, size.number("leader"));
            run.expect("workers", (long) model.workers().size(), size.field("roles").number("worker"));
            run.expect("tasks", Map.of("pending", (long) model.tasks.count(Status.PENDING), "assigned",
                    (long) model.tasks.count(Status.ASSIGNED), "in_progress",
                    (long) model.tasks.count(Status.IN_PROGRESS),
                    "dead", (long) model.tasks.count(Status.DEAD)), size.field("tasks").numbers());
            size.field("totals")
                    .numbers()
                    .forEach((total, number) -> run.expect(total, model.totals.getOrDefault(total, 0L), number));
        }
    }

    /** The service is started again with another capacity of a worker. */
    record Capacity(int tasks) implements FleetAction {
        @Override
        public void run(FleetRun run) {
            run.capacity(tasks);
            run.call("system_metrics");
        }
    }

    private static <T> @Nullable T pick(List<T> choice, int nth) {
        return choice.isEmpty() ? null : choice.get(nth % choice.size());
    }

    /** @param read gives the page behind a score and an id */
    private static List<String> idsOfPages(BiFunction<String, String, Reply> read) {
        Reply page = read.apply("-inf", "");
        List<String> ids = new ArrayList<>(ids(page.list("records")));
        while (page.has("score")) {
            page = read.apply(page.text("score"), page.text("id"));
            ids.addAll(ids(page.list("records")));
        }
        return ids;
    }

    private static List<String> ids(List<Reply> records) {
        return records.stream().map(one -> one.text("id")).toList();
    }

    private static Stream<String> taskIds(FleetRun run, Status... statuses) {
        return Stream.of(statuses)
                .flatMap(status -> run.model().tasks.in(status).stream())
                .filter(task -> task.kept)
                .map(task -> task.id);
    }
}
