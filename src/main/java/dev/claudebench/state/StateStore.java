package dev.claudebench.state;

import java.util.List;
import java.util.Map;

import jakarta.enterprise.context.ApplicationScoped;

import dev.claudebench.instance.InstanceConfig;
import dev.claudebench.redis.BulkReads;
import dev.claudebench.redis.Keys;
import dev.claudebench.redis.RedisConfig;
import dev.claudebench.redis.Reply;
import dev.claudebench.redis.Script;
import dev.claudebench.redis.ScriptRunner;
import dev.claudebench.task.TaskConfig;
import io.smallrye.mutiny.Uni;

/** Reads the fleet out of Redis. */
@ApplicationScoped
class StateStore {
    private static final Script GET_STATE = Script.named("system_get_state");
    private static final Script FLEET_METRICS = Script.named("fleet_metrics");
    private static final Script CHECK_HEALTH = Script.named("system_check_health");
    private static final Script METRICS = Script.named("system_metrics");

    private final ScriptRunner scripts;
    private final BulkReads bulk;
    private final Keys keys;
    private final long ttlMillis;
    private final int capacity;
    private final int streamLength;

    StateStore(ScriptRunner scripts, BulkReads bulk, Keys keys, InstanceConfig instances, TaskConfig tasks,
            RedisConfig redis) {
        this.scripts = scripts;
        this.bulk = bulk;
        this.keys = keys;
        this.ttlMillis = instances.ttl().toMillis();
        this.capacity = tasks.capacity();
        this.streamLength = redis.streamLength();
    }

    /** @param limit the most entries of each list */
    Uni<FleetState> read(int limit) {
        return bulk.run(GET_STATE, keys.prefix(), List.of(ttlMillis, limit)).map(FleetState::from);
    }

    /** Clears away what has died, one sweep's worth, and counts. */
    Uni<CheckHealthMethod.Result> checkHealth() {
        return scripts.run(CHECK_HEALTH, keys.prefix(), List.of(ttlMillis, capacity, streamLength))
                .map(reply -> new CheckHealthMethod.Result(reply.number("healthy"), reply.number("failed"),
                        reply.number("reassigned")));
    }

    /** The global metrics by name. */
    Uni<Map<String, Long>> metrics() {
        return scripts.run(METRICS, keys.prefix(), List.of()).map(Reply::numbers);
    }

    /** @param roles those whose instances are counted */
    Uni<FleetSize> size(List<String> roles) {
        return scripts.run(FLEET_METRICS, keys.prefix(), roles).map(FleetSize::from);
    }
}
