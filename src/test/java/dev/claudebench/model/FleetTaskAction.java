package dev.claudebench.model;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

import org.jspecify.annotations.NullMarked;
import org.jspecify.annotations.Nullable;

import dev.claudebench.model.FleetModel.Instance;
import dev.claudebench.model.FleetReport.Kind;
import dev.claudebench.model.FleetTasks.Status;
import dev.claudebench.model.FleetTasks.Task;
import dev.claudebench.model.FleetTasks.Terms;
import dev.claudebench.redis.Reply;

/** What can happen to tasks. */
@NullMarked
sealed interface FleetTaskAction extends FleetAction {

    /**
     * A task is created.
     *
     * @param dependsOn places of earlier tasks among all
     */
    record Create(int priority, List<String> roles, int lease, int delay, List<Integer> dependsOn,
            List<String> resources, int maxAttempts, String key) implements FleetTaskAction {
        @Override
        public void run(FleetRun run) {
            List<Task> all = run.model().tasks.all();
            List<String> ids = dependsOn.stream().map(nth -> all.isEmpty() ? "none" : pick(all, nth).id).toList();
            Terms terms = new Terms(priority, roles, lease, delay, ids, resources, maxAttempts, key);
            String id = run.newTask();
            run.note(id + " depends on " + ids);
            Reply reply = run.call("task_create", id, "text of " + id, priority, FleetEvents.json(roles),
                    terms.roleSet(), "{}", key, lease * FleetRun.TICK_MILLIS, "",
                    delay == 0 ? "" : delay * FleetRun.TICK_MILLIS, FleetEvents.json(ids), FleetEvents.json(resources),
                    maxAttempts);
            Task task = run.model().tasks.madeBy(key);
            if (task == null) {
                String objection = run.model().work.objection(terms);
                run.expectRefusal(objection == null ? Set.of() : Set.of(objection), reply);
                if (objection != null) {
                    return;
                }
                task = run.model().work.create(id, terms);
            }
            run.expectTask(task, reply);
        }
    }

    record Claim(String worker, String session, int most, boolean isResuming) implements FleetTaskAction {
        @Override
        public void run(FleetRun run) {
            Reply reply = run.call("task_claim", worker, session, most, isResuming ? 1 : 0);
            List<Task> claimed = run.model().work.claim(worker, session, most, isResuming);
            run.expectRefusal(claimed == null ? Set.of(objection(run)) : Set.of(), reply);
            if (claimed != null) {
                run.expect("tasks", claimed.stream().map(task -> task.id).toList(), FleetRun.ids(reply.list("tasks")));
                run.expect("held", run.model().tasks.heldBy(worker, Status.IN_PROGRESS).size(), reply.count("held"));
            }
        }

        private String objection(FleetRun run) {
            Instance instance = run.model().live(worker);
            if (instance == null) {
                return "worker_not_registered";
            }
            return instance.session.equals(session) ? "not_a_worker" : "held_by_another_session";
        }
    }

    /** The nth of the workers alive claims. */
    record WorkerClaim(int nth, int most, boolean isResuming) implements FleetTaskAction {
        @Override
        public void run(FleetRun run) {
            List<Instance> workers = run.model().alive().stream().filter(Instance::isWorker).toList();
            if (!workers.isEmpty()) {
                Instance worker = pick(workers, nth);
                run.note(worker.id + " of session '" + worker.session + "'");
                new Claim(worker.id, worker.session, most, isResuming).run(run);
            }
        }
    }

    /** Who reports on a task. */
    enum Teller {
        /** Its holder, as it should be. */
        HOLDER,
        /** The holder's session, without naming the worker. */
        UNNAMED,
        /** Whoever has the number of the claim, without naming worker or session. */
        NOBODY,
        OTHER_WORKER,
        OTHER_SESSION
    }

    /**
     * A report on the nth of the tasks in progress, or of all if there is none or it may be any.
     *
     * @param claimsAgo which of the task's claims is named, 0 for the newest, null for none
     */
    record Report(Kind kind, int nth, boolean isOfAny, Teller teller, @Nullable Integer claimsAgo)
            implements
                FleetTaskAction {
        @Override
        public void run(FleetRun run) {
            List<Task> begun = run.model().tasks.in(Status.IN_PROGRESS);
            List<Task> choice = isOfAny || begun.isEmpty() ? run.model().tasks.all() : begun;
            make(run, report(run, choice.isEmpty() ? null : pick(choice, nth)));
        }

        private FleetReport report(FleetRun run, @Nullable Task task) {
            if (task == null) {
                return new FleetReport(kind, "none", null, "a", "s1");
            }
            String holder = task.worker() == null ? task.fields.getOrDefault("lastWorker", "a") : task.worker();
            Instance instance = run.model().instances.get(holder);
            String session = instance == null ? "s1" : instance.session;
            List<Long> claims = task.claims;
            Long claim = claimsAgo == null || claims.size() <= claimsAgo
                    ? null
                    : claims.get(claims.size() - 1 - claimsAgo);
            return switch (teller) {
                case HOLDER -> new FleetReport(kind, task.id, claim, holder, session);
                case UNNAMED -> new FleetReport(kind, task.id, claim, "", session);
                case NOBODY -> new FleetReport(kind, task.id, claim, "", "");
                case OTHER_WORKER -> new FleetReport(kind, task.id, claim, holder.equals("a") ? "b" : "a", session);
                case OTHER_SESSION -> new FleetReport(kind, task.id, claim, holder, session + "x");
            };
        }
    }

    /** The end of the newest claim of the nth of the tasks with any is reported again, by its claim or by its worker. */
    record Repeat(int nth, boolean hasClaim) implements FleetTaskAction {
        @Override
        public void run(FleetRun run) {
            List<Task> reported = run.model().tasks.all()
                    .stream()
                    .filter(task -> task.fields.containsKey("lastReport"))
                    .toList();
            if (!reported.isEmpty()) {
                Task task = pick(reported, nth);
                Map<String, String> last = task.fields;
                make(run, new FleetReport(Kind.valueOf(last.getOrDefault("lastReport", "").toUpperCase(Locale.ROOT)),
                        task.id, hasClaim ? Long.valueOf(last.getOrDefault("lastClaim", "")) : null,
                        last.getOrDefault("lastWorker", ""), last.getOrDefault("lastSession", "")));
            }
        }
    }

    /** The nth of all tasks is cancelled. */
    record Cancel(int nth) implements FleetTaskAction {
        @Override
        public void run(FleetRun run) {
            String id = nthId(run, nth);
            Reply reply = run.call("task_cancel", id, "not wanted");
            Task task = run.model().tasks.find(id);
            run.expectRefusal(objections(task), reply);
            if (task == null || !objections(task).isEmpty()) {
                return;
            }
            if (task.status != Status.CANCELLED) {
                run.model().work.cancel(task, "not wanted");
            }
            run.expectTask(task, reply);
        }

        private static Set<String> objections(@Nullable Task task) {
            if (task == null) {
                return Set.of("task_not_found");
            }
            boolean isOver = task.status.ended() && task.status != Status.CANCELLED;
            return isOver ? Set.of("task_already_ended") : Set.of();
        }
    }

    /** The nth of the tasks that may be retried, or of all if there is none. */
    record Retry(int nth) implements FleetTaskAction {
        @Override
        public void run(FleetRun run) {
            List<Task> retried = run.model().tasks.in(Status.DEAD, Status.CANCELLED);
            String id = retried.isEmpty() ? nthId(run, nth) : pick(retried, nth).id;
            run.note(id);
            Reply reply = run.call("task_retry", id);
            Task task = run.model().tasks.find(id);
            boolean isRetried = task != null && (task.status == Status.DEAD || task.status == Status.CANCELLED);
            if (task == null || !isRetried) {
                run.expectRefusal(Set.of(task == null ? "task_not_found" : "task_is_neither_dead_nor_cancelled"),
                        reply);
                return;
            }
            String objection = run.model().work.objectionToAnother();
            run.expectRefusal(objection == null ? Set.of() : Set.of(objection), reply);
            if (objection != null) {
                return;
            }
            run.model().work.retry(task);
            run.expectTask(task, reply);
        }
    }

    /** Makes a report, and tells the model. */
    private static void make(FleetRun run, FleetReport report) {
        run.note(report.toString());
        Kind kind = report.kind();
        String text = kind.text() + " " + report.task();
        Reply reply = tell(run, report, text);
        Task task = run.model().tasks.find(report.task());
        Set<String> objections = report.objections(run.model());
        run.expectRefusal(objections, reply);
        if (task == null || !objections.isEmpty()) {
            return;
        }
        if (kind == Kind.PROGRESS) {
            task.fields.put("note", text);
            run.model().work.startLease(task);
            run.expect("a lease", task.terms.lease() > 0, reply.number("leaseUntil") > 0);
            return;
        }
        if (!report.repeats(task)) {
            run.model().work.end(report, task, text);
        }
        if (kind == Kind.RELEASED) {
            run.expectTask(task, reply);
            return;
        }
        String status = String.valueOf(task.fields.get("lastStatus"));
        String completedAt = status.equals(Status.SCHEDULED.text())
                ? "0"
                : String.valueOf(run.redis().hash("task:" + task.id).get("completedAt"));
        run.expect("id", task.id, reply.text("id"));
        run.expect("status", status, reply.text("status"));
        run.expect("completedAt", completedAt, reply.text("completedAt"));
    }

    private static Reply tell(FleetRun run, FleetReport report, String text) {
        Long number = report.claim();
        String claim = number == null ? "" : number.toString();
        return switch (report.kind()) {
            case COMPLETED -> run.call("task_complete", report.task(), claim, report.worker(), report.session(),
                    text, "");
            case FAILED -> run.call("task_complete", report.task(), claim, report.worker(), report.session(), "",
                    text);
            case RELEASED -> run.call("task_release", report.task(), claim, report.worker(), report.session());
            case PROGRESS -> run.call("task_progress", report.task(), claim, report.worker(), report.session(),
                    text, "");
        };
    }

    /** The nth of all tasks is read. */
    record Get(int nth) implements FleetTaskAction {
        @Override
        public void run(FleetRun run) {
            String id = nthId(run, nth);
            Reply reply = run.call("task_get", id);
            Task task = run.model().tasks.find(id);
            run.expectRefusal(task == null ? Set.of("task_not_found") : Set.of(), reply);
            if (task != null) {
                run.expectTask(task, reply);
                run.expect("length of the history", task.history.size(), reply.texts("history").size());
                run.expect("dependencies", task.terms.dependsOn().stream().map(other -> statusOf(run, other)).toList(),
                        reply.list("dependencies").stream().map(other -> other.text("status")).toList());
            }
        }

        private static String statusOf(FleetRun run, String id) {
            Task task = run.model().tasks.find(id);
            return task == null ? "" : task.status.text();
        }
    }

    private static String nthId(FleetRun run, int nth) {
        List<Task> all = run.model().tasks.all();
        String id = all.isEmpty() ? "none" : pick(all, nth).id;
        run.note(id);
        return id;
    }

    private static <T> T pick(List<T> choice, int nth) {
        return choice.get(nth % choice.size());
    }
}
