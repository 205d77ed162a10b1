package dev.claudebench.redis;

import java.time.Duration;
import java.util.List;

import org.jspecify.annotations.Nullable;

import dev.claudebench.method.CallContext;
import dev.claudebench.method.Failure;
import io.smallrye.mutiny.subscription.UniEmitter;
import io.vertx.redis.client.Response;
import io.vertx.redis.client.ResponseType;

/** A call of a script that waits for its reply. */
record ScriptCall(CallContext context, List<String> own, UniEmitter<? super Reply> emitter, long begunNanos) {

    private static final int ADMISSION = 5;

    ScriptCall(CallContext context, List<String> own, UniEmitter<? super Reply> emitter) {
        this(context, own, emitter, System.nanoTime());
    }

    int size() {
        return ADMISSION + own.size();
    }

    Duration age() {
        return Duration.ofNanos(System.nanoTime() - begunNanos);
    }

    /** Adds the arguments of {@code lua/step/run_calls.lua} for a call, then those of the script. */
    void addArguments(List<String> to) {
        CallContext.Limit limit = context.limit();
        to.add(context.method() + ":" + context.caller().id());
        to.add(Integer.toString(limit.calls()));
        to.add(Long.toString(limit.window().toMillis()));
        to.add(context.caller().principal());
        to.add(context.caller().ownsAll() ? "1" : "0");
        to.addAll(own);
    }

    /** Completes the call. Returns its failure if the reply is an error, else null. */
    @Nullable
    Throwable reply(Script script, Response response) {
        if (response.type() == ResponseType.ERROR) {
            Throwable failure = RedisFailures.ofReply(script, response.toString());
            emitter.fail(failure);
            return failure;
        }
        Reply reply = new Reply(response);
        Long retryAfter = reply.numberOrNull("retryAfter");
        if (reply.numberOrNull("foreign") != null) {
            emitter.fail(Failure.Forbidden.ofOther());
        } else if (retryAfter == null) {
            emitter.complete(reply);
        } else {
            CallContext.Limit limit = context.limit();
            emitter.fail(new Failure.RateLimited(limit.calls(), limit.window(), Duration.ofMillis(retryAfter)));
        }
        return null;
    }
}
