package dev.claudebench.redis;

import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

import org.jspecify.annotations.Nullable;

import dev.claudebench.method.Failure;
import dev.claudebench.method.Failure.Outcome;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.impl.ContextInternal;
import io.vertx.redis.client.Response;

/** One call of a script. It waits for its turn, for a connection and for its reply, and gives up on them when its time is over. */
final class ScriptCall {
    private final Script script;
    private final String key;
    private final List<?> arguments;
    /** Where the call came from, and its reply goes. */
    private final ContextInternal context;
    private final Promise<Response> reply = Promise.promise();
    /** Taken once: when the call is sent, or by the time limit that gives up on sending it. */
    private final AtomicBoolean departed = new AtomicBoolean();
    private volatile @Nullable RoundTrip trip;

    ScriptCall(Script script, String key, List<?> arguments, ContextInternal context) {
        this.script = script;
        this.key = key;
        this.arguments = arguments;
        this.context = context;
    }

    Script script() {
        return script;
    }

    String key() {
        return key;
    }

    List<?> arguments() {
        return arguments;
    }

    Future<Response> reply() {
        return reply.future();
    }

    boolean isOver() {
        return reply.future().isComplete();
    }

    /** The call is about to be sent with others, once there is a connection. */
    void boards(RoundTrip with) {
        trip = with;
    }

    /** Whether to send it: not when it has given up before. */
    boolean departs() {
        return !isOver() && departed.compareAndSet(false, true);
    }

    /** It was not sent after all. */
    void stays() {
        departed.set(false);
    }

    void complete(@Nullable Response response) {
        atHome(() -> reply.tryComplete(response));
    }

    void fail(Throwable failure) {
        atHome(() -> reply.tryFail(failure));
    }

    /** @param redisAnswers whether Redis has answered others in the meantime */
    void giveUp(boolean redisAnswers) {
        RoundTrip silent = trip;
        if (silent != null) {
            // others should not have to wait for the same silence
            silent.abandon();
        }
        Outcome outcome = departed.compareAndSet(false, true) ? Outcome.NOT_EXECUTED : Outcome.UNKNOWN;
        if (redisAnswers) {
            fail(new Failure.Overloaded("Overloaded: Redis answers, but not this call in time", outcome));
        } else if (outcome == Outcome.NOT_EXECUTED) {
            fail(new Failure.Unavailable("No connection to Redis in time", outcome, null));
        } else {
            fail(new Failure.Unavailable("Redis did not answer in time", outcome, null));
        }
    }

    /** At once where this is the right thread: what goes through the queue of the event loop costs more than the reply. */
    private void atHome(Runnable end) {
        context.emit(end, Runnable::run);
    }
}
