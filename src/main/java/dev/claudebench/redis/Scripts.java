package dev.claudebench.redis;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;

import dev.claudebench.config.InstanceConfig;
import dev.claudebench.config.QuotaConfig;
import dev.claudebench.config.TaskConfig;
import dev.claudebench.method.Bench;
import dev.claudebench.method.CallContext;
import dev.claudebench.method.Caller;
import dev.claudebench.method.Json;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.quarkus.runtime.configuration.DurationConverter;
import io.quarkus.scheduler.common.runtime.util.SchedulerUtils;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.subscription.Cancellable;

/** Runs Lua scripts. Concurrent calls of one script on one bench share runs ({@link ScriptQueue}). */
@ApplicationScoped
public class Scripts {
    private static final int CHECKS_IN_A_TIMEOUT = 40;
    private static final Caller SERVICE = new Caller("");

    private final Shards shards;
    private final Function<Bench, String> prefixes;
    private final List<String> settings;
    private final Duration timeout;
    private final MeterRegistry registry;
    private final FleetLog fleetLog;
    /** Only those in use, since there may be many benches. */
    private final Map<QueueKey, ScriptQueue> queues = new ConcurrentHashMap<>();
    private final Cancellable timeoutCheck;

    @Inject
    Scripts(Shards shards, Keys keys, RedisConfig config, InstanceConfig instances, TaskConfig tasks,
            QuotaConfig quotas, MeterRegistry registry, FleetLog fleetLog) {
        this(shards, keys::prefix, texts(instances.ttl().toMillis(), tasks.capacity(), config.streamLength(),
                tasks.retention().toMillis(), tasks.retentionCount(), tasks.maxAttempts(), texts(quotas),
                tasks.idempotencyTtl().toMillis(), longestSilence(instances).toMillis(), tasks.lease().toMillis(),
                tasks.backoff().first().toMillis(), tasks.backoff().longest().toMillis()), config.timeout(), registry,
                fleetLog);
    }

    private record QueueKey(Script script, Bench bench) {}

    /**
     * @param prefixes the beginning of every key of a bench
     * @param settings the first arguments of {@code lua/step/run_calls.lua}
     */
    Scripts(Shards shards, Function<Bench, String> prefixes, List<String> settings, Duration timeout,
            MeterRegistry registry, FleetLog fleetLog) {
        this.shards = shards;
        this.prefixes = prefixes;
        this.settings = settings;
        this.timeout = timeout;
        this.registry = registry;
        this.fleetLog = fleetLog;
        // One timer for all runs, since each wakes a thread.
        this.timeoutCheck = Multi.createFrom()
                .ticks()
                .every(timeout.dividedBy(CHECKS_IN_A_TIMEOUT).plusMillis(1))
                .subscribe()
                .with(tick -> checkQueues());
    }

    /** Returns the quotas as {@code lua/step/quotas.lua} reads them. */
    private static String texts(QuotaConfig quotas) {
        return Json.text(Map.of(
                "fleet", Map.of("instances", quotas.instances(), "tasks", quotas.tasks(), "bytes",
                        quotas.bytes().asLongValue()),
                "principal", Map.of("instances", quotas.principalInstances(), "tasks", quotas.principalTasks(),
                        "bytes", quotas.principalBytes().asLongValue(), "claims", quotas.principalClaims())));
    }

    /** Returns the longest time without a script that is not an outage: half the TTL, but at least two intervals of the sweep. */
    private static Duration longestSilence(InstanceConfig instances) {
        Duration half = instances.ttl().dividedBy(2);
        if (SchedulerUtils.isOff(instances.sweepInterval())) {
            return half;
        }
        Duration sweeps = DurationConverter.parseDuration(instances.sweepInterval()).multipliedBy(2);
        return half.compareTo(sweeps) > 0 ? half : sweeps;
    }

    @PreDestroy
    void stop() {
        timeoutCheck.cancel();
    }

    /**
     * Runs a script for a caller, on the bench of the call, on subscription. The script first applies the rate limit.
     *
     * @param arguments the arguments of the script, sent as text
     * @return the reply; fails with {@link dev.claudebench.method.Failure.RateLimited} or a failure of {@link RedisFailures}
     */
    public Uni<Reply> run(Script script, CallContext context, Object... arguments) {
        return Uni.createFrom()
                .deferred(() -> shards.of(context.bench()).guard(enqueue(script, context, arguments)));
    }

    /** Runs a script for the service itself, without guards. */
    public Uni<Reply> run(Script script, Bench bench, Object... arguments) {
        return enqueue(script, new CallContext(bench, "", SERVICE), arguments);
    }

    private Uni<Reply> enqueue(Script script, CallContext context, Object... arguments) {
        QueueKey key = new QueueKey(script, context.bench());
        return Uni.createFrom().emitter(emitter -> {
            ScriptCall call = new ScriptCall(context, texts(arguments), emitter);
            // One that is closed meanwhile takes no call.
            while (!queues.computeIfAbsent(key, this::queue).add(call)) {
                Thread.onSpinWait();
            }
        });
    }

    private ScriptQueue queue(QueueKey key) {
        List<String> header = new ArrayList<>(List.of("1", prefixes.apply(key.bench)));
        header.addAll(settings);
        return new ScriptQueue(key.script, key.bench, shards, header, timeout, timer(key.script), fleetLog);
    }

    /** Ends the runs that have timed out, and closes the queues that nothing waits in. */
    private void checkQueues() {
        queues.values().forEach(ScriptQueue::endTimedOutRuns);
        queues.values().removeIf(ScriptQueue::closeIfIdle);
    }

    private Timer timer(Script script) {
        return Timer.builder("claudebench.redis.script")
                .description(
                        "From a call of a script in Redis to its reply, including the waits for its turn and for a connection")
                .tag("script", script.name())
                .register(registry);
    }

    static List<String> texts(Object... values) {
        List<String> texts = new ArrayList<>(values.length);
        for (Object value : values) {
            texts.add(value.toString());
        }
        return texts;
    }
}
