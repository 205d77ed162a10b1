package dev.claudebench.scenario;

import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

import com.fasterxml.jackson.databind.JsonNode;

import dev.claudebench.support.Rpc;

/** An agent that claims one task after the other and reports on it, until it is stopped. Each tenth task it begins brings its fate. */
final class SimulatedAgent implements Runnable {
    private static final int FATAL = 10;
    private static final int LONGEST_STEP_MILLIS = 10;
    private static final int WAIT_MILLIS = 2_000;
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Rpc rpc;
    private final String id;
    private final Fate fate;
    private final Random random;
    private final Queue<Claim> accepted = new ConcurrentLinkedQueue<>();
    private final Queue<String> lateReports = new ConcurrentLinkedQueue<>();
    private final Set<String> taken = ConcurrentHashMap.newKeySet();
    /** What it may still hold, and no longer know. */
    private final List<Claim> forgotten = new ArrayList<>();
    private boolean mayHoldTasks;
    private int begun;
    private volatile boolean registered;
    private volatile boolean ended;

    /** What happens to an agent in the middle of a task. */
    enum Fate {
        NONE,
        /** Its calls and heartbeats end. */
        DIES,
        /** It beats on without progress until it is told that the task was taken from it, then reports too late. */
        HANGS,
        /** It comes back under the same id and session, and goes on with the task. The process before it reports too late. */
        RESTARTS
    }

    /** A claim of a task. */
    record Claim(String task, long number) {
        static Claim of(JsonNode task) {
            return new Claim(task.get("id").textValue(), task.get("claim").longValue());
        }
    }

    SimulatedAgent(Rpc rpc, int number, Fate fate) {
        this.rpc = rpc;
        this.id = "agent-" + number;
        this.fate = fate;
        this.random = new Random(number);
    }

    /** The claims whose tasks it has completed, each once. */
    Queue<Claim> accepted() {
        return accepted;
    }

    /** The reasons for which its late reports were refused; empty text for one that was not. */
    Queue<String> lateReports() {
        return lateReports;
    }

    boolean beats() {
        return registered && !ended;
    }

    Rpc.Call heartbeat() {
        return rpc.call("system.heartbeat").with("instanceId", id).with("sessionId", id);
    }

    /** Takes the response to a heartbeat. */
    void hear(JsonNode response) {
        response.at("/result/cancelled").forEach(task -> taken.add(task.textValue()));
        if (response.at("/result").has("alive") && !response.at("/result/alive").booleanValue()) {
            registered = false;
        }
    }

    /** Ends it after its task. */
    void stop() {
        ended = true;
    }

    @Override
    public void run() {
        while (!ended) {
            if (registered) {
                claim().forEach(this::work);
            } else {
                register();
            }
        }
    }

    private void register() {
        registered = rpc.call("system.register")
                .with("id", id)
                .with("sessionId", id)
                .with("roles", List.of("worker"))
                .with("capacity", 1)
                .response()
                .at("/result/registered")
                .booleanValue();
    }

    private Iterable<JsonNode> claim() {
        JsonNode response = rpc.call("task.claim")
                .with("workerId", id)
                .with("sessionId", id)
                .with("resume", mayHoldTasks)
                .with("waitMs", WAIT_MILLIS)
                .response();
        // a claim without an answer may have begun a task
        mayHoldTasks = response.has("error");
        registered &= !mayHoldTasks;
        forgotten.forEach(this::reportLate);
        forgotten.clear();
        return response.at("/result/tasks");
    }

    private void work(JsonNode task) {
        Claim claim = Claim.of(task);
        begun++;
        if (begun % FATAL == 0 && meetsFate(task, claim)) {
            return;
        }
        pause();
        report(rpc.call("task.progress").with("taskId", claim.task()).with("claim", claim.number()));
        pause();
        if (report(complete(claim)).has("result")) {
            accepted.add(claim);
        }
    }

    /** Returns whether it does not go on with the task. */
    private boolean meetsFate(JsonNode task, Claim claim) {
        switch (fate) {
            case DIES -> ended = true;
            case HANGS -> {
                if (task.get("leaseMs").longValue() == 0) {
                    return false;
                }
                // the answer to the heartbeat that told it may have been lost on a busy machine
                await(id + " to lose its claim").atMost(PATIENCE)
                        .until(() -> taken.contains(claim.task()) || !registered || isOver(claim));
                reportLate(claim);
            }
            case RESTARTS -> {
                register();
                mayHoldTasks = true;
                forgotten.add(claim);
            }
            case NONE -> {
                return false;
            }
        }
        return true;
    }

    private boolean isOver(Claim claim) {
        JsonNode task = rpc.call("task.get").with("taskId", claim.task()).response().at("/result/task");
        return !task.isMissingNode() && task.path("claim").longValue() != claim.number();
    }

    private void reportLate(Claim claim) {
        lateReports.add(report(complete(claim)).at("/error/data/reason").asText());
    }

    private Rpc.Call complete(Claim claim) {
        return rpc.call("task.complete").with("taskId", claim.task()).with("claim", claim.number());
    }

    /** Repeats a report whose outcome is unknown. */
    private static JsonNode report(Rpc.Call report) {
        JsonNode response = report.response();
        while (response.at("/error/data").has("retryAfterMs")) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(response.at("/error/data/retryAfterMs").longValue()));
            response = report.response();
        }
        return response;
    }

    private void pause() {
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1 + random.nextInt(LONGEST_STEP_MILLIS)));
    }
}
