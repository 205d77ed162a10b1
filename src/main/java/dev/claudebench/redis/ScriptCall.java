package dev.claudebench.redis;

import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

import dev.claudebench.method.CallContext;
import dev.claudebench.method.Failure;
import io.smallrye.mutiny.subscription.UniEmitter;
import io.vertx.redis.client.Response;
import io.vertx.redis.client.ResponseType;

/** One call of a script, which waits for its reply. */
record ScriptCall(CallContext context, List<String> own, UniEmitter<? super Reply> emitter, long begunNanos) {

    ScriptCall(CallContext context, List<String> own, UniEmitter<? super Reply> emitter) {
        this(context, own, emitter, System.nanoTime());
    }

    Duration age() {
        return Duration.ofNanos(System.nanoTime() - begunNanos);
    }

    /** The arguments of {@code lua/step/admit.lua}, then its own. */
    List<String> arguments() {
        CallContext.Limit limit = context.limit();
        return Stream.concat(Stream.of(context.method() + ":" + context.caller().id(), Integer.toString(limit.calls()),
                Long.toString(limit.window().toMillis())), own.stream()).toList();
    }

    void reply(Script script, Response response) {
        if (response.type() == ResponseType.ERROR) {
            emitter.fail(RedisFailures.ofReply(script, response.toString()));
            return;
        }
        Reply reply = new Reply(response);
        Long retryAfter = reply.numberOrNull("retryAfter");
        if (retryAfter == null) {
            emitter.complete(reply);
        } else {
            CallContext.Limit limit = context.limit();
            emitter.fail(new Failure.RateLimited(limit.calls(), limit.window(), Duration.ofMillis(retryAfter)));
        }
    }
}
