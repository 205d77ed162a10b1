package dev.claudebench.redis;

import java.util.function.Function;

import dev.claudebench.method.Bench;
import io.quarkus.redis.datasource.ReactiveRedisDataSource;
import io.smallrye.mutiny.Uni;

/** The one server of all benches. Sentinel may replace it; Quarkus's client follows. */
final class SingleShard extends Shard implements Shards {
    private final ReactiveRedisDataSource redis;

    SingleShard(ReactiveRedisDataSource redis, Outages outages) {
        super(outages.of("Redis"));
        this.redis = redis;
    }

    @Override
    public Uni<Void> withConnection(Function<Connection, Uni<Void>> work) {
        return redis.withConnection(own -> work.apply(own::execute));
    }

    @Override
    public Shard of(Bench bench) {
        return this;
    }

    @Override
    public boolean followMove(Bench bench, Throwable error) {
        return false;
    }

    @Override
    public boolean areMany() {
        return false;
    }
}
