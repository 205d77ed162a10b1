package dev.claudebench.state;

import java.util.List;
import java.util.Map;
import java.util.Objects;

import jakarta.enterprise.context.ApplicationScoped;

import dev.claudebench.bench.Benches;
import dev.claudebench.method.Bench;
import dev.claudebench.method.CallContext;
import dev.claudebench.method.Failure;
import dev.claudebench.redis.Cursor;
import dev.claudebench.redis.Reply;
import dev.claudebench.redis.Script;
import dev.claudebench.redis.Scripts;
import io.smallrye.mutiny.Uni;

/** Reads the state of the fleet from Redis. */
@ApplicationScoped
class StateStore {
    private static final Script GET_STATE = Script.bulk("system_get_state");
    private static final Script GET_INSTANCE = Script.named("system_get_instance");
    private static final Script LIST_INSTANCES = Script.bulk("system_list_instances");
    private static final Script FLEET_METRICS = Script.named("fleet_metrics");
    private static final Script CHECK_HEALTH = Script.named("system_check_health");
    private static final Script REPAIR = Script.named("system_repair");
    private static final Script METRICS = Script.named("system_metrics");
    private static final Script HISTORY = Script.bulk("system_history");
    private static final Script VERSION = Script.named("system_version");

    private final Scripts scripts;
    private final Benches benches;

    StateStore(Scripts scripts, Benches benches) {
        this.scripts = scripts;
        this.benches = benches;
    }

    /** @param limit the maximum length of each list */
    Uni<FleetState> read(int limit, CallContext context) {
        return scripts.run(GET_STATE, context, limit).map(FleetState::from);
    }

    Uni<FleetState.Member> instance(String id, CallContext context) {
        return scripts.run(GET_INSTANCE, context, id).map(reply -> {
            if (reply.has("refused")) {
                throw new Failure.Refused(reply.text("refused"), null);
            }
            return FleetState.Member.from(reply);
        });
    }

    Uni<ListInstancesMethod.Result> listInstances(ListInstancesMethod.Params params, int limit, CallContext context) {
        Cursor position = params.position();
        return scripts.run(LIST_INSTANCES, context, limit, position.score(), position.id(),
                Objects.toString(params.role(), ""))
                .map(reply -> ListInstancesMethod.Result.from(reply, params.list()));
    }

    /** Runs one bounded sweep. */
    Uni<CheckHealthMethod.Result> checkHealth(CallContext context) {
        return scripts.run(CHECK_HEALTH, context)
                .map(reply -> new CheckHealthMethod.Result(reply.number("healthy"), reply.number("failed"),
                        reply.number("reassigned")));
    }

    /** Repairs one page of one index. */
    Uni<RepairMethod.Result> repair(RepairMethod.Params params, CallContext context) {
        return benches.run(REPAIR, context, params.position()).map(RepairMethod.Result::from);
    }

    /** Returns the global metrics by name. */
    Uni<Map<String, Long>> metrics(CallContext context) {
        return scripts.run(METRICS, context).map(Reply::numbers);
    }

    Uni<HistoryMethod.Result> history(CallContext context) {
        return scripts.run(HISTORY, context).map(HistoryMethod.Result::from);
    }

    /** Returns the name and the version of the server, such as {@code Redis 7.0.15}. */
    Uni<String> redisVersion(CallContext context) {
        return scripts.run(VERSION, context).map(reply -> reply.text("server"));
    }

    /** @param roles the roles whose instances are counted */
    Uni<FleetMetrics.Size> size(Bench bench, List<String> roles) {
        return scripts.run(FLEET_METRICS, bench, String.join(",", roles)).map(FleetMetrics.Size::from);
    }
}
