package dev.claudebench.redis;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

import jakarta.enterprise.context.ApplicationScoped;

import dev.claudebench.method.Failure;
import dev.claudebench.rpc.TimeLimit;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.impl.ContextInternal;
import io.vertx.redis.client.Redis;
import io.vertx.redis.client.Response;

/**
 * Runs Lua scripts. Calls of a script that takes several at once share a round trip while Redis has much to do
 * ({@link CallQueue}); any other has one of its own. What goes wrong on the way becomes {@link Failure.Unavailable}, which says
 * whether the script can have run; an error that the script itself ends in becomes {@link ScriptFailedException}.
 */
@ApplicationScoped
public class ScriptRunner {
    static final String SCRIPT_TIME = "claudebench.redis.script";

    private final SharedConnection shared;
    private final Vertx vertx;
    private final Duration timeout;
    private final TimeLimit timeLimit;
    private final MeterRegistry registry;
    private final Map<String, Timer> timers = new ConcurrentHashMap<>();
    private final Map<Script, CallQueue> queues = new ConcurrentHashMap<>();

    ScriptRunner(Redis redis, Vertx vertx, RedisConfig config, MeterRegistry registry) {
        this.vertx = vertx;
        this.timeout = config.timeout();
        this.timeLimit = new TimeLimit(vertx, timeout);
        // one attempt to connect that hangs leaves time for another
        this.shared = new SharedConnection(redis, vertx, Math.max(1, timeout.toMillis() * 3 / 4));
        this.registry = registry;
    }

    /**
     * Runs a script on one key when subscribed to.
     *
     * @param key {@code KEYS[1]}
     * @param arguments {@code ARGV}, each written as text. Of a script that takes several calls at once, the key and the
     *        settings with which it begins have to be the same in all calls
     * @return the script's reply to this call
     */
    public Uni<Reply> run(Script script, String key, List<?> arguments) {
        return Uni.createFrom()
                .emitter(emitter -> start(script, key, arguments).map(Reply::of)
                        .onSuccess(emitter::complete)
                        .onFailure(emitter::fail));
    }

    private Future<Response> start(Script script, String key, List<?> arguments) {
        ScriptCall call = new ScriptCall(script, key, arguments, (ContextInternal) vertx.getOrCreateContext());
        // it covers all of it
        TimeLimit.Running running = timeLimit.begin(() -> call.giveUp(shared.hasAnsweredWithin(timeout)));
        if (script.takesCalls()) {
            queues.computeIfAbsent(script, any -> new CallQueue(vertx, this::send)).add(call);
        } else {
            send(List.of(call), () -> {
            });
        }
        return call.reply().onComplete(done -> {
            running.end();
            timer(script).record(running.nanos(), TimeUnit.NANOSECONDS);
        });
    }

    private void send(List<ScriptCall> calls, Runnable whenOver) {
        new RoundTrip(calls, shared, vertx, whenOver).start();
    }

    private Timer timer(Script script) {
        return timers.computeIfAbsent(script.name(),
                name -> Timer.builder(SCRIPT_TIME)
                        .description(
                                "From a call of a script in Redis to its reply, waiting for its turn and for a connection"
                                        + " included")
                        .tag("script", name)
                        .register(registry));
    }
}
