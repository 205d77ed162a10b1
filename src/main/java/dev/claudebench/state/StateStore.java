package dev.claudebench.state;

import java.util.List;

import jakarta.enterprise.context.ApplicationScoped;

import dev.claudebench.instance.InstanceConfig;
import dev.claudebench.redis.Keys;
import dev.claudebench.redis.Script;
import dev.claudebench.redis.ScriptRunner;
import io.smallrye.mutiny.Uni;

/** Reads the fleet out of Redis; writes nothing. */
@ApplicationScoped
class StateStore {
    private static final Script GET_STATE = Script.load("system_get_state");
    private static final Script FLEET_METRICS = Script.load("fleet_metrics");

    private final ScriptRunner scripts;
    private final Keys keys;
    private final long ttlMillis;

    StateStore(ScriptRunner scripts, Keys keys, InstanceConfig instances) {
        this.scripts = scripts;
        this.keys = keys;
        this.ttlMillis = instances.ttl().toMillis();
    }

    /** @param limit the most entries of each list */
    Uni<FleetState> read(int limit) {
        return scripts.run(GET_STATE, keys.prefix(), List.of(ttlMillis, limit)).map(FleetState::from);
    }

    /** @param roles those whose instances are counted */
    Uni<FleetSize> size(List<String> roles) {
        return scripts.run(FLEET_METRICS, keys.prefix(), roles).map(FleetSize::from);
    }
}
