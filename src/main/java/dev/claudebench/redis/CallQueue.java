package dev.claudebench.redis;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.function.BiConsumer;

import io.vertx.core.Vertx;

/**
 * The calls of one script that wait for their turn. Few runs of it are under way at a time, and whoever comes meanwhile waits and
 * goes with the next one: the busier Redis is, the more calls share what a run costs besides them, and a call that comes alone
 * goes at once.
 */
final class CallQueue {
    /** One is carried out while the replies of another are read and given to their callers. */
    private static final int RUNS_UNDER_WAY = 2;
    /** Redis does nothing else while it carries them out. */
    private static final int CALLS_IN_A_RUN = 32;

    private final Vertx vertx;
    private final BiConsumer<List<ScriptCall>, Runnable> send;
    private final Queue<ScriptCall> waiting = new ArrayDeque<>();
    private int underWay;
    private boolean departureSet;

    /** @param send sends calls in one run, and tells when the next ones may go */
    CallQueue(Vertx vertx, BiConsumer<List<ScriptCall>, Runnable> send) {
        this.vertx = vertx;
        this.send = send;
    }

    void add(ScriptCall call) {
        synchronized (this) {
            waiting.add(call);
            if (departureSet || underWay == RUNS_UNDER_WAY) {
                return;
            }
            departureSet = true;
        }
        // the event loop has more to read: what else it finds now goes along
        vertx.getOrCreateContext().runOnContext(now -> depart());
    }

    private void depart() {
        List<ScriptCall> calls = next();
        while (!calls.isEmpty()) {
            send.accept(calls, this::arrived);
            calls = next();
        }
    }

    private synchronized List<ScriptCall> next() {
        departureSet = false;
        List<ScriptCall> calls = new ArrayList<>();
        if (underWay == RUNS_UNDER_WAY) {
            return calls;
        }
        while (calls.size() < CALLS_IN_A_RUN && !waiting.isEmpty()) {
            ScriptCall call = waiting.remove();
            if (!call.isOver()) {
                calls.add(call);
            }
        }
        if (!calls.isEmpty()) {
            underWay++;
        }
        return calls;
    }

    private void arrived() {
        synchronized (this) {
            underWay--;
        }
        depart();
    }
}
