package dev.claudebench.redis;

import java.nio.channels.ClosedChannelException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;

import jakarta.enterprise.context.ApplicationScoped;

import org.jspecify.annotations.Nullable;

import dev.claudebench.rpc.Failure;
import dev.claudebench.rpc.Failure.Outcome;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.smallrye.mutiny.Uni;
import io.vertx.core.AsyncResult;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.http.ConnectionPoolTooBusyException;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Redis;
import io.vertx.redis.client.RedisConnection;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;

/**
 * Runs Lua scripts, one round trip each. What goes wrong on the way becomes {@link Failure.Unavailable}, which says
 * whether the script can have run; an error that the script itself ends in becomes {@link ScriptFailedException}.
 */
@ApplicationScoped
public class ScriptRunner {
    static final String SCRIPT_TIME = "claudebench.redis.script";

    /** Error codes by which Redis refuses a script before it has written anything: the server's state, not ours. */
    private static final Set<String> REFUSALS = Set.of("LOADING", "READONLY", "OOM", "MISCONF", "MASTERDOWN",
            "CLUSTERDOWN", "TRYAGAIN", "BUSY", "NOAUTH", "NOREPLICAS");

    private static final String CONNECTION_CLOSED = "CONNECTION_CLOSED";
    /** Error codes by which a connection is of no more use, or leads to a server that no longer is the primary. */
    private static final Set<String> SICK_CONNECTION = Set.of(CONNECTION_CLOSED, "LOADING", "READONLY", "MASTERDOWN",
            "NOAUTH");
    /** How the client says that it has not sent something, since the connection is closed or too much waits for answers. */
    private static final String CLOSED = "Connection is closed";
    private static final String FULL = "Redis waiting queue is full";

    /** How many closed connections a call puts up with. */
    private static final int MAX_CLOSED = 3;

    private final SharedConnection shared;
    private final Vertx vertx;
    private final Duration timeout;
    private final MeterRegistry registry;
    private final Map<String, Timer> timers = new ConcurrentHashMap<>();
    /** When Redis last ran a script for anybody: what tells a Redis that hangs from a service that has too much to do. */
    private volatile long lastAnswerNanos;

    ScriptRunner(Redis redis, Vertx vertx, RedisConfig config, MeterRegistry registry) {
        this.vertx = vertx;
        this.timeout = config.timeout();
        // one attempt to connect that hangs leaves time for another
        this.shared = new SharedConnection(redis, vertx, Math.max(1, timeout.toMillis() * 3 / 4));
        this.lastAnswerNanos = System.nanoTime() - timeout.toNanos();
        this.registry = registry;
    }

    /**
     * Runs a script on one key when subscribed to.
     *
     * @param key {@code KEYS[1]}
     * @param arguments {@code ARGV}, each written as text
     * @return the script's reply
     */
    public Uni<Reply> run(Script script, String key, List<?> arguments) {
        return Uni.createFrom()
                .emitter(emitter -> new RoundTrip(script, key, arguments).start()
                        .map(Reply::of)
                        .onSuccess(emitter::complete)
                        .onFailure(emitter::fail));
    }

    private Timer timer(Script script) {
        return timers.computeIfAbsent(script.name(),
                name -> Timer.builder(SCRIPT_TIME)
                        .description("Round trips to Redis that run a script, waiting for a connection included")
                        .tag("script", name)
                        .register(registry));
    }

    /** One script on its way. The time limit covers all of it; what it finds still waiting for a connection is not sent. */
    private final class RoundTrip {
        private final Script script;
        private final String key;
        private final List<?> arguments;
        private final Promise<Response> reply = Promise.promise();
        /** Taken once: when the script is sent, or by the time limit that gives up on sending it. */
        private final AtomicBoolean departed = new AtomicBoolean();
        private volatile SharedConnection.Loan loan = shared.borrow();
        /** How many connections were found closed. */
        private int closedBefore;

        RoundTrip(Script script, String key, List<?> arguments) {
            this.script = script;
            this.key = key;
            this.arguments = arguments;
        }

        Future<Response> start() {
            long begun = System.nanoTime();
            long timer = vertx.setTimer(Math.max(1, timeout.toMillis()), id -> giveUp());
            depart();
            return reply.future().onComplete(done -> {
                vertx.cancelTimer(timer);
                timer(script).record(Duration.ofNanos(System.nanoTime() - begun));
            });
        }

        private void giveUp() {
            // others should not have to wait for the same silence
            loan.retire();
            Outcome outcome = departed.compareAndSet(false, true) ? Outcome.NOT_EXECUTED : Outcome.UNKNOWN;
            if (System.nanoTime() - lastAnswerNanos < timeout.toNanos()) {
                reply.tryFail(new Failure.Overloaded("Overloaded: Redis answers, but not this call in time", outcome));
            } else if (outcome == Outcome.NOT_EXECUTED) {
                fail("No connection to Redis in time", outcome, null);
            } else {
                fail("Redis did not answer in time", outcome, null);
            }
        }

        private void depart() {
            Future<RedisConnection> connection = loan.connection();
            if (connection.succeeded()) {
                send(connection.result());
                return;
            }
            // back to where the call came from, which is not where the connection was made
            Context context = vertx.getOrCreateContext();
            connection.onComplete(attempt -> context.runOnContext(here -> {
                if (attempt.succeeded()) {
                    send(attempt.result());
                } else {
                    unreachable(attempt.cause());
                }
            }));
        }

        private void departAgain() {
            loan = shared.borrow();
            depart();
        }

        private void unreachable(Throwable cause) {
            loan.retire();
            loan.giveBack();
            if (cause instanceof TimeoutException && !reply.future().isComplete()) {
                departAgain();
            } else if (cause instanceof ConnectionPoolTooBusyException) {
                reply.tryFail(new Failure.Overloaded("Overloaded: too many calls wait for a connection to Redis",
                        Outcome.NOT_EXECUTED));
            } else {
                fail("Redis cannot be reached", Outcome.NOT_EXECUTED, cause);
            }
        }

        private void send(RedisConnection connection) {
            if (!departed.compareAndSet(false, true)) {
                loan.giveBack();
                return;
            }
            loan.sends();
            Future<Response> answer;
            try {
                answer = connection.send(request(Command.EVALSHA, script.sha1())).recover(error -> {
                    if (isError(error, "NOSCRIPT")) {
                        return connection.send(request(Command.EVAL, script.source()));
                    }
                    return Future.failedFuture(error);
                });
            } catch (RuntimeException e) {
                // without an answer, the connection would never be given back
                answer = Future.failedFuture(e);
            }
            answer.onComplete(this::answered);
        }

        private void answered(AsyncResult<Response> answer) {
            if (answer.succeeded()) {
                loan.giveBack();
                lastAnswerNanos = System.nanoTime();
                reply.tryComplete(answer.result());
                return;
            }
            Throwable error = answer.cause();
            String code = errorCode(error);
            boolean notSent = isNotSent(error);
            if (!(error instanceof Response) || SICK_CONNECTION.contains(code)) {
                loan.retire();
            }
            loan.giveBack();
            if (notSent && closedBefore++ < MAX_CLOSED && !reply.future().isComplete()) {
                departed.set(false);
                departAgain();
            } else if (FULL.equals(error.getMessage())) {
                reply.tryFail(
                        new Failure.Overloaded("Overloaded: too many scripts are under way", Outcome.NOT_EXECUTED));
            } else if (isKilled(error)) {
                fail("An operator of Redis has ended the script", Outcome.NOT_EXECUTED, error);
            } else if (REFUSALS.contains(code)) {
                fail("Redis refuses work: " + code, Outcome.NOT_EXECUTED, error);
            } else if (error instanceof Response && !code.equals(CONNECTION_CLOSED)) {
                reply.tryFail(new ScriptFailedException(script, error));
            } else if (notSent) {
                fail("The connection to Redis broke", Outcome.NOT_EXECUTED, error);
            } else {
                lost("The connection to Redis broke", error);
            }
        }

        /**
         * Whether the connection was already closed when the script was to be sent. A failed write fails all that others have
         * sent before, too, so it tells something only when there were no others.
         */
        private boolean isNotSent(Throwable error) {
            return (error instanceof ClosedChannelException && loan.hasOneSender())
                    || CLOSED.equals(error.getMessage());
        }

        /** The answer will not come. */
        private void lost(String detail, Throwable cause) {
            if (loan.isFirstLoss()) {
                fail(detail, Outcome.UNKNOWN, cause);
            } else {
                reply.tryFail(new Failure.LostWithOthers(detail, Outcome.UNKNOWN, cause));
            }
        }

        private void fail(String detail, Outcome outcome, @Nullable Throwable cause) {
            reply.tryFail(new Failure.Unavailable(detail, outcome, cause));
        }

        private Request request(Command command, String shaOrSource) {
            Request request = Request.cmd(command).arg(shaOrSource).arg(1).arg(key);
            arguments.forEach(argument -> request.arg(argument.toString()));
            return request;
        }
    }

    /** Redis lets a script be killed as long as it has not written anything. */
    private static boolean isKilled(Throwable error) {
        return error instanceof Response && String.valueOf(error.getMessage()).contains("Script killed by user");
    }

    private static boolean isError(Throwable error, String code) {
        return errorCode(error).equals(code);
    }

    /** The first word of an error reply, which names its kind; empty for anything else. */
    private static String errorCode(Throwable error) {
        String message = error.getMessage();
        if (!(error instanceof Response) || message == null) {
            return "";
        }
        int end = message.indexOf(' ');
        return end < 0 ? message : message.substring(0, end);
    }
}
