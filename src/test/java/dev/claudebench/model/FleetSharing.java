package dev.claudebench.model;

import static dev.claudebench.model.FleetEvents.quoted;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

import org.jspecify.annotations.NullMarked;

import dev.claudebench.model.FleetModel.Instance;
import dev.claudebench.model.FleetTasks.Status;
import dev.claudebench.model.FleetTasks.Task;

/** How the model shares tasks out among its workers. */
@NullMarked
final class FleetSharing {
    private final FleetModel model;
    private final FleetTasks tasks;
    private final FleetEvents events;

    FleetSharing(FleetModel model, FleetTasks tasks, FleetEvents events) {
        this.model = model;
        this.tasks = tasks;
        this.events = events;
    }

    /** Hands what is pending to the least loaded workers; how many tasks that were. */
    int redistribute(boolean hasReason, int capacity) {
        if (!hasReason) {
            return 0;
        }
        int given = 0;
        List<Instance> leastLoadedFirst = model.workers()
                .stream()
                .sorted(Comparator.comparingInt((Instance worker) -> tasks.heldBy(worker.id).size())
                        .thenComparing(worker -> worker.id))
                .toList();
        for (Instance worker : leastLoadedFirst) {
            if (worker.alive() && tasks.count(Status.PENDING) > 0) {
                given += fill(worker, capacity);
            }
        }
        return given;
    }

    /** Gives a worker its fair share; how many tasks that were. */
    int fill(Instance worker, int capacity) {
        if (!worker.worker()) {
            return 0;
        }
        int open = tasks.count(Status.PENDING, Status.ASSIGNED, Status.IN_PROGRESS);
        int workers = (int) model.workers().stream().filter(Instance::alive).count();
        int share = Math.min((open + workers - 1) / workers, capacity);
        int before = tasks.heldBy(worker.id).size();
        int held = before;
        for (Task task : tasks.pendingFor(worker.roles)) {
            if (held < share) {
                tasks.give(task, worker.id);
                held++;
                events.emit("task.assigned", "id", quoted(task.id), "workerId", quoted(worker.id));
            }
        }
        boolean nothingPending = tasks.pendingFor(worker.roles).isEmpty();
        while (nothingPending && held < capacity && takeFromMostLoaded(worker, held)) {
            held++;
        }
        return held - before;
    }

    private boolean takeFromMostLoaded(Instance receiver, int held) {
        int most = 0;
        List<Task> choice = new ArrayList<>();
        for (Instance donor : model.workers()) {
            int load = tasks.heldBy(donor.id).size();
            List<Task> allowed = tasks.unclaimedBy(donor.id)
                    .stream()
                    .filter(task -> receiver.roles.containsAll(task.roles))
                    .toList();
            if (donor == receiver || allowed.isEmpty() || load < most || load - held < 2) {
                continue;
            }
            if (load > most) {
                choice.clear();
            }
            most = load;
            choice.add(allowed.get(allowed.size() - 1));
        }
        if (choice.isEmpty()) {
            return false;
        }
        Task task = choice.stream()
                .filter(one -> events.observed(FleetEvents.text("task.assigned", moved(one, receiver))))
                .findFirst()
                .orElse(choice.get(0));
        events.emit("task.assigned", moved(task, receiver));
        tasks.give(task, receiver.id);
        return true;
    }

    private static Object[] moved(Task task, Instance receiver) {
        return new Object[]{"id", quoted(task.id), "previousWorkerId", quoted(String.valueOf(task.worker)), "workerId",
                quoted(receiver.id)};
    }
}
