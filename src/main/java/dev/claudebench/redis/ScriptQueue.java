package dev.claudebench.redis;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;

import org.jspecify.annotations.Nullable;

import dev.claudebench.method.Failure;
import dev.claudebench.method.Failure.Outcome;

/**
 * The calls of one script that wait for their turn. Few runs of a script are under way at once; calls that arrive meanwhile go with the
 * next one. So the busier Redis is, the more calls share the cost of a run, and a call that comes alone is sent at once.
 */
final class ScriptQueue {
    /** Redis carries out one while the replies of the other are read. */
    private static final int RUNS = 2;
    /** Waiting calls count as calls under way, and large reads must leave room for others. */
    private static final int MAX_WAITING_BULK = 64;

    private final Script script;
    private final RedisLink link;
    private final Queue<ScriptCall> waiting = new ArrayDeque<>();
    private final Set<ScriptRun> runs = new HashSet<>();

    ScriptQueue(Script script, RedisLink link) {
        this.script = script;
        this.link = link;
    }

    void add(ScriptCall call) {
        boolean isFull;
        synchronized (this) {
            isFull = script.isBulk() && waiting.size() == MAX_WAITING_BULK;
            if (!isFull) {
                waiting.add(call);
            }
        }
        if (isFull) {
            call.fail(new Failure.Overloaded("Overloaded: too many lists are being read", Outcome.NOT_EXECUTED));
        } else {
            sendNext();
        }
    }

    /** To be called now and then: ends the runs whose time is over, so that others get their places. */
    void giveUpLate() {
        List<ScriptRun> underWay;
        synchronized (this) {
            underWay = List.copyOf(runs);
        }
        underWay.forEach(ScriptRun::giveUpIfLate);
    }

    private void sendNext() {
        for (ScriptRun run = next(); run != null; run = next()) {
            run.send();
        }
    }

    private synchronized @Nullable ScriptRun next() {
        if (runs.size() == RUNS || waiting.isEmpty()) {
            return null;
        }
        List<ScriptCall> calls = new ArrayList<>();
        while (calls.size() < script.callsInARun() && !waiting.isEmpty()) {
            calls.add(waiting.remove());
        }
        ScriptRun run = new ScriptRun(script, calls, link, this::over);
        runs.add(run);
        return run;
    }

    private void over(ScriptRun run) {
        synchronized (this) {
            runs.remove(run);
        }
        sendNext();
    }
}
