package dev.claudebench.redis;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;

import dev.claudebench.method.Bench;
import dev.claudebench.method.Failure;
import dev.claudebench.method.Failure.Outcome;
import io.micrometer.core.instrument.Timer;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Response;

/**
 * The calls of one script on one bench. At most two runs are in flight; calls that arrive meanwhile share the next one. So a lone call is sent at
 * once, and the busier Redis is, the more calls share the cost of a run.
 */
final class ScriptQueue {
    /** Redis executes one while the replies of the other are read. */
    private static final int RUNS = 2;
    /** Waiting calls count towards the limit of active calls, of which large reads must leave some for others. */
    private static final int MAX_WAITING_BULK = 64;
    /** Number of closed connections that a run tries before it fails. */
    private static final int MAX_CLOSED = 3;
    /** Moving the keys of a bench takes Redis some milliseconds, or longer for many. */
    private static final Duration FIRST_MOVE = Duration.ofMillis(5);
    private static final int MAX_DOUBLINGS = 4;

    private final Script script;
    private final Bench bench;
    private final Shards shards;
    private final List<String> header;
    private final Duration timeout;
    private final Timer timer;
    private final FleetLog fleetLog;
    private final Queue<ScriptCall> waiting = new ArrayDeque<>();
    private final Set<Run> runs = new HashSet<>();
    private boolean isSendScheduled;
    private boolean isClosed;
    /** Distinguishes an overloaded service from a Redis that hangs; null before the first reply. */
    private volatile @Nullable Long repliedNanos;

    ScriptQueue(Script script, Bench bench, Shards shards, List<String> header, Duration timeout, Timer timer,
            FleetLog fleetLog) {
        this.script = script;
        this.bench = bench;
        this.shards = shards;
        this.header = header;
        this.timeout = timeout;
        this.timer = timer;
        this.fleetLog = fleetLog;
    }

    /** Returns false if the queue is closed. */
    boolean add(ScriptCall call) {
        boolean isFull;
        synchronized (this) {
            if (isClosed) {
                return false;
            }
            isFull = script.isBulk() && waiting.size() == MAX_WAITING_BULK;
            if (!isFull) {
                waiting.add(call);
                if (isSendScheduled || runs.size() == RUNS) {
                    return true;
                }
                isSendScheduled = true;
            }
        }
        Context eventLoop = Vertx.currentContext();
        if (isFull) {
            call.emitter()
                    .fail(new Failure.Overloaded("Overloaded: too many lists are being read", Outcome.NOT_EXECUTED));
        } else if (eventLoop == null) {
            sendNext();
        } else {
            // Calls that the event loop has read already share the run.
            eventLoop.runOnContext(now -> sendNext());
        }
        return true;
    }

    /** Closes the queue if it is not in use. Returns whether it has. */
    synchronized boolean closeIfIdle() {
        isClosed = waiting.isEmpty() && runs.isEmpty() && !hasReplied();
        return isClosed;
    }

    /** Whether Redis has replied within the time of a run. */
    private boolean hasReplied() {
        Long replied = repliedNanos;
        return replied != null && System.nanoTime() - replied < timeout.toNanos();
    }

    /** Ends the runs that have timed out. Must be called periodically. */
    void endTimedOutRuns() {
        List<Run> underWay;
        synchronized (this) {
            underWay = List.copyOf(runs);
        }
        underWay.forEach(Run::endIfTimedOut);
    }

    private void sendNext() {
        for (Run run = nextRun(); run != null; run = nextRun()) {
            run.send();
        }
    }

    private synchronized @Nullable Run nextRun() {
        isSendScheduled = false;
        if (runs.size() == RUNS || waiting.isEmpty()) {
            return null;
        }
        List<ScriptCall> calls = new ArrayList<>();
        while (calls.size() < script.callsInARun() && !waiting.isEmpty()) {
            calls.add(waiting.remove());
        }
        Run run = new Run(calls);
        runs.add(run);
        return run;
    }

    private enum Stage {
        WAITING, SENT, OVER
    }

    /** A run, on a connection that it does not share. Ends with the replies of Redis, or when its oldest call times out. */
    final class Run {
        private final List<ScriptCall> calls;
        private final AtomicReference<Stage> stage = new AtomicReference<>(Stage.WAITING);
        private volatile Shard shard;
        /** How often Redis has refused the run because the bench was elsewhere. */
        private final AtomicInteger moves = new AtomicInteger();
        private volatile @Nullable Response replies;

        Run(List<ScriptCall> calls) {
            this.calls = calls;
            this.shard = shards.of(bench);
        }

        void send() {
            // A run that has timed out before it has a connection is not sent.
            Uni.createFrom()
                    .deferred(() -> shard.withConnection(connection -> stage.compareAndSet(Stage.WAITING, Stage.SENT)
                            ? evaluate(connection)
                            : Uni.createFrom().voidItem()))
                    // A failure to return the connection to the pool does not change the replies.
                    .onFailure(error -> replies != null)
                    .recoverWithNull()
                    .onFailure(error -> RedisFailures.isNotSent(error)
                            && stage.compareAndSet(Stage.SENT, Stage.WAITING))
                    .retry()
                    .atMost(MAX_CLOSED)
                    .subscribe()
                    .with(done -> end(before -> null), this::failed);
        }

        private void failed(Throwable error) {
            if (shards.followMove(bench, error) && stage.compareAndSet(Stage.SENT, Stage.WAITING)) {
                shard = shards.of(bench);
                Duration pause = FIRST_MOVE.multipliedBy(1L << Math.min(moves.getAndIncrement(), MAX_DOUBLINGS));
                Uni.createFrom().voidItem().onItem().delayIt().by(pause).subscribe().with(now -> send());
            } else {
                end(before -> RedisFailures.of(script, error, before == Stage.SENT));
            }
        }

        private Uni<Void> evaluate(Shard.Connection connection) {
            List<String> arguments = new ArrayList<>();
            arguments.add(script.sha1());
            arguments.addAll(header);
            arguments.add(Integer.toString(calls.get(0).size()));
            calls.forEach(call -> call.addArguments(arguments));
            return connection.execute(Command.EVALSHA, arguments.toArray(String[]::new))
                    .onFailure(RedisFailures::isNoScript)
                    .recoverWithUni(() -> {
                        arguments.set(0, script.source());
                        return connection.execute(Command.EVAL, arguments.toArray(String[]::new));
                    })
                    .invoke(list -> {
                        replies = list.getDelegate();
                        repliedNanos = System.nanoTime();
                    })
                    .replaceWithVoid();
        }

        void endIfTimedOut() {
            if (calls.get(0).age().compareTo(timeout) >= 0) {
                boolean redisReplies = hasReplied();
                end(before -> moves.get() > 0 && before == Stage.WAITING
                        ? RedisFailures.ofMove()
                        : RedisFailures.ofTimeout(before == Stage.SENT, redisReplies));
            }
        }

        /** Sends the next run, then completes the calls with the replies, or with the failure for the stage that the run had reached. */
        private void end(Function<Stage, @Nullable Throwable> failure) {
            Stage before = stage.getAndSet(Stage.OVER);
            if (before == Stage.OVER) {
                return;
            }
            synchronized (ScriptQueue.this) {
                runs.remove(this);
            }
            sendNext();
            Response list = replies;
            Throwable failed = failure.apply(before);
            if (failed != null) {
                shard.failed(failed);
            } else {
                shard.replied();
            }
            if (list != null && list.size() > calls.size()) {
                fleetLog.add(bench, new Reply(list.get(calls.size())));
            }
            for (int i = 0; i < calls.size(); i++) {
                ScriptCall call = calls.get(i);
                timer.record(call.age());
                if (failed != null) {
                    call.emitter().fail(i == 0 ? failed : RedisFailures.ofOthers(failed));
                } else if (list != null) {
                    Throwable refused = call.reply(script, list.get(i));
                    if (refused != null) {
                        shard.refused(refused);
                    }
                }
            }
        }
    }
}
