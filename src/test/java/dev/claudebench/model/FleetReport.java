package dev.claudebench.model;

import java.util.Set;
import java.util.TreeSet;

import org.jspecify.annotations.NullMarked;
import org.jspecify.annotations.Nullable;

import dev.claudebench.model.FleetModel.Instance;
import dev.claudebench.model.FleetTasks.Status;
import dev.claudebench.model.FleetTasks.Task;

/**
 * What a worker says of a task.
 *
 * @param claim null when it is not named
 * @param worker empty when it is not named
 */
@NullMarked
record FleetReport(Kind kind, String task, @Nullable Long claim, String worker, String session) {
    enum Kind {
        COMPLETED, FAILED, RELEASED, PROGRESS;

        String text() {
            return name().toLowerCase(java.util.Locale.ROOT);
        }
    }

    /** Whether it tells again how the newest claim of a task ended. */
    boolean repeats(Task task) {
        if (!kind.text().equals(task.fields.get("lastReport"))) {
            return false;
        }
        if (claim != null) {
            return claim.toString().equals(task.fields.get("lastClaim"));
        }
        return task.status != Status.IN_PROGRESS && session.equals(task.fields.get("lastSession"))
                && (worker.isEmpty() || worker.equals(task.fields.get("lastWorker")));
    }

    /** Returns every reason for which it may be refused; none when it has to be accepted, also as a repetition. */
    Set<String> objections(FleetModel model) {
        Task found = model.tasks.find(task);
        if (found == null) {
            return Set.of("task_not_found");
        }
        if (repeats(found)) {
            return Set.of();
        }
        Set<String> reasons = new TreeSet<>();
        if (claim != null && !claim.toString().equals(found.fields.get("claim"))) {
            return Set.of("claim_is_over");
        }
        String holder = found.worker();
        if (holder == null || (!worker.isEmpty() && !worker.equals(holder))) {
            reasons.add("not_assigned_to_worker");
        }
        if (found.status.ended()) {
            reasons.add("task_already_ended");
            return reasons;
        }
        Instance instance = holder == null ? null : model.live(holder);
        if (holder != null && instance == null) {
            reasons.add("worker_not_registered");
        }
        boolean isNamed = claim != null && session.isEmpty();
        if (instance != null && !isNamed && !instance.session.equals(session)) {
            reasons.add("held_by_another_session");
        }
        if (holder != null && found.status != Status.IN_PROGRESS) {
            reasons.add("task_not_claimed");
        }
        return reasons;
    }
}
