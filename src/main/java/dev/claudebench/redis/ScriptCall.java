package dev.claudebench.redis;

import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

import dev.claudebench.method.CallContext;
import dev.claudebench.method.Failure;
import io.micrometer.core.instrument.Timer;
import io.smallrye.mutiny.subscription.UniEmitter;
import io.vertx.redis.client.Response;
import io.vertx.redis.client.ResponseType;

/** One call of a script, which waits for its reply. */
final class ScriptCall {
    private final long begun = System.nanoTime();
    private final CallContext context;
    private final List<String> arguments;
    private final UniEmitter<? super Reply> emitter;
    private final Timer timer;

    /** @param arguments its own */
    ScriptCall(CallContext context, List<String> arguments, UniEmitter<? super Reply> emitter, Timer timer) {
        this.context = context;
        CallContext.Limit limit = context.limit();
        // what lua/step/admit.lua needs comes first
        Stream<String> admission = Stream.of(context.method() + ":" + context.caller().id(),
                Integer.toString(limit.calls()), Long.toString(limit.window().toMillis()));
        this.arguments = Stream.concat(admission, arguments.stream()).toList();
        this.emitter = emitter;
        this.timer = timer;
    }

    Duration age() {
        return Duration.ofNanos(System.nanoTime() - begun);
    }

    List<String> arguments() {
        return arguments;
    }

    /** @param response the part of the script's reply that answers this call */
    void reply(Script script, Response response) {
        if (response.type() == ResponseType.ERROR) {
            fail(RedisFailures.ofReply(script, response.toString()));
            return;
        }
        Reply reply = Reply.of(response);
        Long retryAfter = reply.numberOrNull("retryAfter");
        if (retryAfter != null) {
            CallContext.Limit limit = context.limit();
            fail(new Failure.RateLimited(limit.calls(), limit.window(), Duration.ofMillis(retryAfter)));
        } else {
            timer.record(age());
            emitter.complete(reply);
        }
    }

    void fail(Throwable failure) {
        timer.record(age());
        emitter.fail(failure);
    }
}
