package dev.claudebench.cli;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Predicate;

import org.jspecify.annotations.Nullable;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * Claims tasks and runs a command for each. Each slot is a thread that works on one task after the other. Whether a task is still that of
 * this worker, only the service decides, by its answers to reports with the number of the claim.
 */
final class Worker implements Instance.Listener {
    private static final Duration CLAIM_WAIT = Duration.ofSeconds(20);
    /** How long a report is tried to be made during an outage, once the worker is to stop. */
    private static final Duration REPORT_TIME = Duration.ofSeconds(10);
    /** How long a worker that is stopped while it registers waits for the service. */
    private static final Duration LEAVE_TIME = Duration.ofSeconds(1);
    /** Ctrl-C reaches the command, too, and perhaps earlier than this process. */
    private static final long INTERRUPT_MILLIS = 300;
    /** Refusals of a claim that pass: the next heartbeat registers again, and tasks of the same principal end. */
    private static final Set<String> PASSING = Set.of("worker_not_registered", "held_by_another_session",
            "quota_claims");

    private final LastingClient client;
    private final Instance instance;
    private final List<String> command;
    private final int slots;
    private final @Nullable Duration lease;
    private final boolean once;
    private final Consumer<JsonNode> printer;

    private final Map<String, TaskRun> runs = new ConcurrentHashMap<>();
    private final CountDownLatch stopping = new CountDownLatch(1);
    /** Of the slots, one claims at a time. */
    private final ReentrantLock claiming = new ReentrantLock();
    /** The service may have begun a task for this worker in a call whose answer was lost. Guarded by {@link #claiming}. */
    private boolean mayHoldMore;
    private @Nullable Thread claimer;
    private volatile Moment drainedAt = Moment.NEVER;
    private volatile @Nullable RuntimeException failure;
    private volatile int exitCode = Exit.OK;

    /**
     * @param lease how long the command may print nothing, null for ever
     * @param once whether to end after one task, or when there is none
     * @param printer gets the answer of the service to each report of an end
     */
    Worker(LastingClient client, Instance instance, List<String> command, int slots, @Nullable Duration lease,
            boolean once, Consumer<JsonNode> printer) {
        this.client = client;
        this.instance = instance;
        this.command = command;
        this.slots = slots;
        this.lease = lease;
        this.once = once;
        this.printer = printer;
    }

    /** Works until it is stopped. Returns the exit code of the program. */
    int run() throws InterruptedException {
        if (!join()) {
            // The service may have registered it all the same.
            leave(LEAVE_TIME);
            return exitCode;
        }
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < slots; i++) {
            Thread thread = new Thread(this::work, "slot-" + i);
            thread.start();
            threads.add(thread);
        }
        for (Thread thread : threads) {
            thread.join();
        }
        leave(Client.TIMEOUT);
        RuntimeException fatal = failure;
        if (fatal != null) {
            throw fatal;
        }
        return exitCode;
    }

    private void leave(Duration timeout) throws InterruptedException {
        try {
            instance.leave(timeout);
        } catch (CommandFailure e) {
            System.err.println("cb: not unregistered, it will expire: " + Text.line(e.text()));
        }
    }

    /** Returns false if the worker is to stop before it is an instance. */
    private boolean join() throws InterruptedException {
        try {
            setClaimer(Thread.currentThread());
            if (isStopping()) {
                return false;
            }
            instance.join(this, () -> once || isStopping());
            return true;
        } catch (InterruptedException e) {
            if (!isStopping()) {
                throw e;
            }
            return false;
        } finally {
            setClaimer(null);
        }
    }

    /** Ends claiming at once, and commands that still run after a time. May be called by any thread. */
    void stop(Duration drain) {
        drainedAt = Moment.in(drain);
        stopping.countDown();
        synchronized (this) {
            if (claimer != null) {
                claimer.interrupt();
            }
        }
    }

    private boolean isStopping() {
        return stopping.getCount() == 0;
    }

    @Override
    public void failed(RuntimeException fatal) {
        failure = fatal;
        stop(Duration.ZERO);
    }

    @Override
    public void doubt(Predicate<String> ids) {
        runs.values().stream().filter(run -> ids.test(run.id())).forEach(TaskRun::doubt);
    }

    /** Is a slot. */
    private void work() {
        try {
            do {
                Optional<TaskRun> next = next();
                if (next.isPresent()) {
                    work(next.get());
                    runs.remove(next.get().id(), next.get());
                } else if (once && !isStopping()) {
                    exitCode = Exit.NOTHING;
                }
            } while (!once && !isStopping());
        } catch (RuntimeException e) {
            failed(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Waits for a task. Returns empty when the worker is to stop, and with {@link #once} if there is none. */
    private Optional<TaskRun> next() {
        claiming.lock();
        try {
            setClaimer(Thread.currentThread());
            Backoff backoff = LastingClient.backoff();
            while (!isStopping()) {
                try {
                    boolean hasClaimed = !mayHoldMore;
                    Optional<TaskRun> task = hasClaimed ? claim() : held();
                    mayHoldMore = mayHoldMore && task.isPresent();
                    task.ifPresent(run -> runs.put(run.id(), run));
                    if (task.isPresent() || (once && hasClaimed)) {
                        return task;
                    }
                } catch (CommandFailure e) {
                    if (!e.isTemporary() && !PASSING.contains(e.reason())) {
                        throw e;
                    }
                    mayHoldMore = true;
                    backoff.pause(e.retryAfter());
                }
            }
        } catch (InterruptedException e) {
            // stop() has interrupted the wait
        } finally {
            setClaimer(null);
            claiming.unlock();
        }
        return Optional.empty();
    }

    /** From here on, or until here, {@link #stop} interrupts this thread. */
    private synchronized void setClaimer(@Nullable Thread thread) {
        claimer = thread;
        if (thread == null) {
            Thread.interrupted();
        }
    }

    private Optional<TaskRun> claim() throws InterruptedException {
        Duration wait = once ? Duration.ZERO : CLAIM_WAIT;
        JsonNode answer = client.call("task.claim", instance.params("workerId").put("waitMs", wait.toMillis()),
                Client.TIMEOUT.plus(wait));
        return Optional.ofNullable(answer.get("task")).map(this::run);
    }

    private TaskRun run(JsonNode task) {
        return new TaskRun(task, instance.params("workerId"));
    }

    /** Returns a task that the service has begun for this worker, and no slot works on. */
    private Optional<TaskRun> held() throws InterruptedException {
        // As of before the call: a task that ends during it may be in its answer.
        Set<String> worked = Set.copyOf(runs.keySet());
        ObjectNode params = Client.params().put("workerId", instance.id()).put("status", "in_progress");
        for (JsonNode task : client.call("task.list", params).path("tasks")) {
            if (!worked.contains(task.path("id").asText())) {
                return Optional.of(run(task));
            }
        }
        return Optional.empty();
    }

    private void work(TaskRun run) throws InterruptedException {
        System.err.println("cb: task " + run.id() + " begun");
        try {
            run.start(command);
        } catch (IOException e) {
            release(run);
            throw CommandFailure.usage("cannot run the command: " + e.getMessage());
        }
        String reason = "";
        while (reason.isEmpty() && !run.awaitExit()) {
            if (drainedAt.isOver()) {
                run.stop();
                release(run);
                return;
            }
            if (lease != null && run.isSilentFor(lease)) {
                run.stop();
                reason = "the command printed nothing for " + Text.duration(lease);
            } else if (!report(run)) {
                run.stop();
                exitCode = Exit.FAILED;
                return;
            }
        }
        int exit = run.exitCode();
        if (reason.isEmpty() && exit != 0) {
            if (stopping.await(INTERRUPT_MILLIS, TimeUnit.MILLISECONDS)) {
                release(run);
                return;
            }
            reason = "exit code " + exit;
        }
        complete(run, reason);
    }

    /** Reports progress if that is due. Returns false if the task is not that of this worker any longer. */
    private boolean report(TaskRun run) throws InterruptedException {
        Optional<ObjectNode> due = run.dueReport();
        if (due.isEmpty()) {
            return true;
        }
        try {
            client.call("task.progress", due.get());
        } catch (CommandFailure e) {
            if (!e.reason().isEmpty()) {
                System.err.println("cb: task " + run.id() + " was taken: " + Text.line(e.text()));
                return false;
            }
            run.postponeReport(e.retryAfter());
        }
        return true;
    }

    /** @param reason why the attempt has failed, empty if it has not */
    private void complete(TaskRun run, String reason) throws InterruptedException {
        ObjectNode params = run.params();
        if (!reason.isEmpty()) {
            params.put("error", run.error().isEmpty() ? reason : reason + ": " + run.error());
            exitCode = Exit.FAILED;
        } else if (!run.result().isEmpty()) {
            params.put("result", run.result());
        }
        conclude(run, "task.complete", params, reason);
    }

    private void release(TaskRun run) throws InterruptedException {
        conclude(run, "task.release", run.params(), "");
    }

    /** Makes the last report on a task, which the service may refuse because another has it. */
    private void conclude(TaskRun run, String method, ObjectNode params, String reason) throws InterruptedException {
        try {
            JsonNode answer = client.insist(method, params,
                    () -> drainedAt.isOverFor(REPORT_TIME));
            String why = reason.isEmpty() ? "" : ": " + reason;
            System.err.println("cb: task " + run.id() + " is " + answer.path("status").asText() + why);
            printer.accept(answer);
        } catch (CommandFailure e) {
            System.err.println("cb: task " + run.id() + " is not reported: " + Text.line(e.text()));
            exitCode = Exit.FAILED;
        }
    }
}
