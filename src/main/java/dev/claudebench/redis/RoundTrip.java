package dev.claudebench.redis;

import java.nio.channels.ClosedChannelException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;

import org.jspecify.annotations.Nullable;

import dev.claudebench.method.Failure;
import dev.claudebench.method.Failure.Outcome;
import io.vertx.core.AsyncResult;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.ConnectionPoolTooBusyException;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.RedisConnection;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;

/** One run of a script: sends the calls that it is to carry out, and tells each what became of it. */
final class RoundTrip {
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

    /** How many closed connections the calls put up with. */
    private static final int MAX_CLOSED = 3;

    private final Script script;
    private final SharedConnection shared;
    private final Vertx vertx;
    private final Runnable whenOver;
    private final AtomicBoolean over = new AtomicBoolean();
    /** Those that have not given up when there is a connection. */
    private List<ScriptCall> calls;
    private volatile SharedConnection.Loan loan;
    /** How many connections were found closed. */
    private int closedBefore;

    /**
     * @param calls one, or several that differ in their own arguments only
     * @param whenOver runs once: when Redis has answered, or does not
     */
    RoundTrip(List<ScriptCall> calls, SharedConnection shared, Vertx vertx, Runnable whenOver) {
        this.script = calls.get(0).script();
        this.calls = calls;
        this.shared = shared;
        this.vertx = vertx;
        this.whenOver = whenOver;
        this.loan = shared.borrow();
    }

    void start() {
        calls.forEach(call -> call.boards(this));
        depart();
    }

    /**
     * Nobody else should wait for an answer on this connection, or for this run to be over. The next one begins when all whose time
     * is over now have given up, so that none of them goes along.
     */
    void abandon() {
        loan.retire();
        vertx.runOnContext(later -> end());
    }

    private void end() {
        if (over.compareAndSet(false, true)) {
            whenOver.run();
        }
    }

    private void depart() {
        Future<RedisConnection> connection = loan.connection();
        if (connection.succeeded()) {
            send(connection.result());
            return;
        }
        // back to where the calls came from, which is not where the connection was made
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
        if (cause instanceof TimeoutException && isWanted()) {
            departAgain();
            return;
        }
        end();
        boolean tooBusy = cause instanceof ConnectionPoolTooBusyException;
        calls.forEach(call -> call.fail(tooBusy
                ? new Failure.Overloaded("Overloaded: too many calls wait for a connection to Redis",
                        Outcome.NOT_EXECUTED)
                : unavailable("Redis cannot be reached", Outcome.NOT_EXECUTED, cause)));
    }

    private boolean isWanted() {
        return calls.stream().anyMatch(call -> !call.isOver());
    }

    private void send(RedisConnection connection) {
        calls = calls.stream().filter(ScriptCall::departs).toList();
        if (calls.isEmpty()) {
            loan.giveBack();
            end();
            return;
        }
        loan.sends();
        Future<Response> answer;
        try {
            answer = connection.send(request(Command.EVALSHA, script.sha1())).recover(error -> {
                if (errorCode(error).equals("NOSCRIPT")) {
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

    private Request request(Command command, String shaOrSource) {
        ScriptCall first = calls.get(0);
        Request request = Request.cmd(command).arg(shaOrSource).arg(1).arg(first.key());
        for (ScriptCall call : calls) {
            List<?> arguments = call.arguments();
            // the settings are the same in all calls
            int sent = call == first ? 0 : script.text().settings();
            arguments.subList(sent, arguments.size()).forEach(argument -> request.arg(argument.toString()));
        }
        return request;
    }

    private void answered(AsyncResult<Response> answer) {
        if (answer.succeeded()) {
            shared.hasAnswered();
            tell(script.takesCalls() ? repliesOf(answer.result()) : Collections.singletonList(answer.result()));
            return;
        }
        Throwable error = answer.cause();
        if (isNotSent(error) && closedBefore++ < MAX_CLOSED && isWanted()) {
            loan.retire();
            loan.giveBack();
            calls.forEach(ScriptCall::stays);
            departAgain();
            return;
        }
        tell(Collections.nCopies(calls.size(), error));
    }

    /** What was answered to each call. */
    private List<Response> repliesOf(Response list) {
        List<Response> replies = new ArrayList<>(calls.size());
        for (int i = 0; i < calls.size(); i++) {
            replies.add(list.get(i));
        }
        return replies;
    }

    /** @param answers a reply or a {@link Throwable} for each call */
    private void tell(List<?> answers) {
        for (Object answer : answers) {
            if (answer instanceof Throwable error && isSick(error)) {
                loan.retire();
            }
        }
        // before it gives the connection back, so that whoever goes next need not ask for another
        end();
        loan.giveBack();
        for (int i = 0; i < answers.size(); i++) {
            if (answers.get(i) instanceof Throwable error) {
                calls.get(i).fail(failure(error));
            } else {
                calls.get(i).complete((Response) answers.get(i));
            }
        }
    }

    private static boolean isSick(Throwable error) {
        return !(error instanceof Response) || SICK_CONNECTION.contains(errorCode(error));
    }

    private Throwable failure(Throwable error) {
        String code = errorCode(error);
        if (FULL.equals(error.getMessage())) {
            return new Failure.Overloaded("Overloaded: too many scripts are under way", Outcome.NOT_EXECUTED);
        }
        if (isKilled(error)) {
            return unavailable("An operator of Redis has ended the script", Outcome.NOT_EXECUTED, error);
        }
        if (REFUSALS.contains(code)) {
            return unavailable("Redis refuses work: " + code, Outcome.NOT_EXECUTED, error);
        }
        if (error instanceof Response && !code.equals(CONNECTION_CLOSED)) {
            return new ScriptFailedException(script, error);
        }
        String detail = "The connection to Redis broke";
        if (isNotSent(error)) {
            return unavailable(detail, Outcome.NOT_EXECUTED, error);
        }
        return loan.isFirstLoss()
                ? unavailable(detail, Outcome.UNKNOWN, error)
                : new Failure.LostWithOthers(detail, Outcome.UNKNOWN, error);
    }

    private static Failure unavailable(String detail, Outcome outcome, @Nullable Throwable cause) {
        return new Failure.Unavailable(detail, outcome, cause);
    }

    /**
     * Whether the connection was already closed when the script was to be sent. A failed write fails all that others have sent
     * before, too, so it tells something only when there were no others.
     */
    private boolean isNotSent(Throwable error) {
        return (error instanceof ClosedChannelException && loan.hasOneSender()) || CLOSED.equals(error.getMessage());
    }

    /** Redis lets a script be killed as long as it has not written anything. */
    private static boolean isKilled(Throwable error) {
        return error instanceof Response && String.valueOf(error.getMessage()).contains("Script killed by user");
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
