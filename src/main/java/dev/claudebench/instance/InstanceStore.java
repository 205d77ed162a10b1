package dev.claudebench.instance;

import java.time.Duration;
import java.util.Objects;

import jakarta.enterprise.context.ApplicationScoped;

import org.jspecify.annotations.Nullable;

import dev.claudebench.bench.Benches;
import dev.claudebench.method.Bench;
import dev.claudebench.method.CallContext;
import dev.claudebench.method.Failure;
import dev.claudebench.method.Json;
import dev.claudebench.redis.Script;
import dev.claudebench.redis.Scripts;
import io.smallrye.mutiny.Uni;

/** Instances in Redis. */
@ApplicationScoped
class InstanceStore {
    private static final Script REGISTER = Script.named("system_register");
    private static final Script HEARTBEAT = Script.named("system_heartbeat");
    private static final Script RESIGN = Script.named("system_resign");
    private static final Script UNREGISTER = Script.named("system_unregister");
    private static final Script SWEEP = Script.named("sweep");

    private final Scripts scripts;
    private final Benches benches;

    InstanceStore(Scripts scripts, Benches benches) {
        this.scripts = scripts;
        this.benches = benches;
    }

    Uni<RegisterMethod.Registration> register(RegisterMethod.Params instance, CallContext context) {
        return benches.run(REGISTER, context, instance.id(), Json.text(instance.roles().stream().distinct().toList()),
                Objects.toString(instance.sessionId(), ""), Json.objectText(instance.metadata()),
                Objects.toString(instance.capacity(), ""))
                .map(reply -> {
                    if (reply.has("refused")) {
                        throw new Failure.Refused(reply.text("refused"), null);
                    }
                    return RegisterMethod.Registration.from(instance.id(), context, reply);
                });
    }

    /** Renews an instance, unless it has expired or another session holds it. */
    Uni<HeartbeatMethod.Result> heartbeat(String instanceId, @Nullable String sessionId, CallContext context) {
        return scripts.run(HEARTBEAT, context, instanceId, Objects.toString(sessionId, ""))
                .map(HeartbeatMethod.Result::from);
    }

    /** Returns whether the instance led and leadership has passed on. */
    Uni<Boolean> resign(String instanceId, @Nullable String sessionId, CallContext context) {
        return scripts.run(RESIGN, context, instanceId, Objects.toString(sessionId, ""))
                .map(reply -> reply.number("resigned") == 1);
    }

    /** Removes an instance, unless another session holds it. */
    Uni<UnregisterMethod.Result> unregister(String instanceId, @Nullable String sessionId, CallContext context) {
        return scripts.run(UNREGISTER, context, instanceId, Objects.toString(sessionId, ""))
                .map(UnregisterMethod.Result::from);
    }

    /**
     * The result of a sweep.
     *
     * @param more whether more expired instances are left
     * @param silence how long no heartbeat could arrive, while the grace after that lasts; else zero
     * @param quiet whether nothing happens until a call creates something
     * @param gone whether nothing is left
     */
    record Swept(boolean more, Duration silence, boolean quiet, boolean gone) {}

    /**
     * Runs one bounded sweep.
     *
     * @param traffic of this replica since its last sweep, which counts for the default bench
     * @param mayLeave whether the bench may leave the list of benches when nothing happens in it
     */
    Uni<Swept> sweep(Bench bench, Traffic traffic, boolean mayLeave) {
        return scripts.run(SWEEP, bench, traffic.calls(), traffic.refusals(), mayLeave ? 1 : 0)
                .map(reply -> new Swept(reply.number("more") == 1, Duration.ofMillis(reply.number("silence")),
                        reply.number("quiet") == 1, reply.number("gone") == 1));
    }
}
