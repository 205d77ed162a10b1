package dev.claudebench.redis;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;

import dev.claudebench.config.InstanceConfig;
import dev.claudebench.config.TaskConfig;
import dev.claudebench.method.CallContext;
import dev.claudebench.method.Caller;
import dev.claudebench.method.Failure;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.quarkus.redis.datasource.ReactiveRedisDataSource;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.subscription.Cancellable;

/** Runs Lua scripts. Calls of one script that arrive while others of it are under way share a run ({@link ScriptQueue}). */
@ApplicationScoped
public class Scripts {
    static final String SCRIPT_TIME = "claudebench.redis.script";
    private static final int CHECKS_IN_A_TIMEOUT = 40;
    private static final CallContext SERVICE = new CallContext("", new Caller(""));

    private final RedisLink link;
    private final Cancellable watch;
    private final MeterRegistry registry;
    private final Map<Script, Timer> timers = new ConcurrentHashMap<>();
    private final Map<Script, ScriptQueue> queues = new ConcurrentHashMap<>();

    @Inject
    Scripts(ReactiveRedisDataSource redis, Keys keys, RedisConfig config, InstanceConfig instances, TaskConfig tasks,
            MeterRegistry registry) {
        this(redis, keys.prefix(), texts(instances.ttl().toMillis(), tasks.capacity(), config.streamLength(),
                tasks.retention().toMillis(), tasks.maxAttempts(), tasks.maxRoleSets(),
                tasks.idempotencyTtl().toMillis()), config.timeout(), registry);
    }

    /** @param settings what every run begins with, in the order of {@code lua/step/run_calls.lua} */
    Scripts(ReactiveRedisDataSource redis, String keyPrefix, List<String> settings, Duration timeout,
            MeterRegistry registry) {
        this.link = new RedisLink(redis, keyPrefix, settings, timeout);
        this.registry = registry;
        // a timer for each run would wake a thread for each
        this.watch = Multi.createFrom()
                .ticks()
                .every(timeout.dividedBy(CHECKS_IN_A_TIMEOUT).plusMillis(1))
                .subscribe()
                .with(tick -> queues.values().forEach(ScriptQueue::giveUpLate));
    }

    @PreDestroy
    void stop() {
        watch.cancel();
    }

    /**
     * Runs a script for a caller when subscribed to. The script first admits or refuses the call, by its rate limit.
     *
     * @param arguments the call's own, each sent as text
     * @return the reply, or a {@link Failure}: {@link Failure.RateLimited} for a call that is not admitted, others for a Redis that does
     *         not do its work
     */
    public Uni<Reply> run(Script script, CallContext context, Object... arguments) {
        return Uni.createFrom()
                .emitter(emitter -> queue(script)
                        .add(new ScriptCall(context, texts(arguments), emitter, timer(script))));
    }

    /** Runs a script for the service itself, without a rate limit. */
    public Uni<Reply> run(Script script, Object... arguments) {
        return run(script, SERVICE, arguments);
    }

    private ScriptQueue queue(Script script) {
        return queues.computeIfAbsent(script, fresh -> new ScriptQueue(fresh, link));
    }

    private Timer timer(Script script) {
        return timers.computeIfAbsent(script, fresh -> Timer.builder(SCRIPT_TIME)
                .description(
                        "From a call of a script in Redis to its reply, including the waits for its turn and for a connection")
                .tag("script", fresh.name())
                .register(registry));
    }

    static List<String> texts(Object... values) {
        return Stream.of(values).map(Object::toString).toList();
    }
}
