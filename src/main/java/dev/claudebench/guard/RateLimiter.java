package dev.claudebench.guard;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.Any;
import jakarta.enterprise.inject.Instance;

import dev.claudebench.method.Caller;
import dev.claudebench.method.Failure;
import dev.claudebench.method.RpcMethod;
import dev.claudebench.redis.Keys;
import dev.claudebench.redis.Script;
import dev.claudebench.redis.ScriptRunner;
import io.quarkus.runtime.StartupEvent;
import io.quarkus.runtime.configuration.ConfigurationException;
import io.smallrye.mutiny.Uni;

/** Sliding-window rate limits by method and caller, exact and shared by all replicas since they are kept in Redis. */
@ApplicationScoped
class RateLimiter {
    private static final Script SCRIPT = Script.named("rate_limit");

    private final Map<String, GuardConfig.RateLimit> limits;
    private final ScriptRunner scripts;
    private final Keys keys;
    private final GuardMetrics metrics;

    RateLimiter(GuardConfig config, ScriptRunner scripts, Keys keys, GuardMetrics metrics) {
        this.limits = Map.copyOf(config.rateLimit());
        this.scripts = scripts;
        this.keys = keys;
        this.metrics = metrics;
    }

    /** A limit on a method that does not exist limits nothing: a slip of the pen that must not pass for protection. */
    void refuseLimitsOnNothing(@Observes StartupEvent event, @Any Instance<RpcMethod<?, ?>> methods) {
        Set<String> names = methods.stream().map(RpcMethod::name).collect(Collectors.toSet());
        Set<String> unknown = new TreeSet<>(limits.keySet());
        unknown.removeAll(names);
        if (!unknown.isEmpty()) {
            throw new ConfigurationException("claudebench.rate-limit names methods that do not exist: " + unknown
                    + "; the methods are " + new TreeSet<>(names));
        }
    }

    /** Completes when the call may go on; fails with {@link Failure.RateLimited} when it may not yet. */
    Uni<Void> admit(String method, Caller caller) {
        GuardConfig.RateLimit limit = limits.get(method);
        if (limit == null || limit.limit() == 0) {
            return Uni.createFrom().voidItem();
        }
        return scripts.run(SCRIPT, keys.prefix(),
                List.of(keys.rateLimit(method, caller.id()), limit.limit(), limit.window().toMillis()))
                .invoke(reply -> {
                    long wait = reply.number();
                    if (wait > 0) {
                        metrics.refused(GuardMetrics.Refusal.RATE_LIMIT, method);
                        throw new Failure.RateLimited(limit.limit(), limit.window(), Duration.ofMillis(wait));
                    }
                })
                .replaceWithVoid()
                .onFailure(Failure.NotServed.class)
                .transform(Failure.NotServed::beforeTheCall);
    }
}
