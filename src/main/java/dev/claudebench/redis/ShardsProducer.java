package dev.claudebench.redis;

import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;

import org.eclipse.microprofile.config.inject.ConfigProperty;

import io.quarkus.redis.datasource.ReactiveRedisDataSource;
import io.vertx.mutiny.core.Vertx;

/** Chooses by {@code quarkus.redis.client-type} how benches find their servers. */
final class ShardsProducer {
    /** Has no client proxy, nor has {@link FleetLog}: a run that ends while the service stops needs both when there are no beans any more. */
    @Produces
    @Singleton
    Shards shards(ReactiveRedisDataSource redis, Keys keys, Outages outages, Vertx vertx, Addresses addresses,
            @ConfigProperty(name = "claudebench.overload.max-calls") int maxCalls) {
        return keys.areInACluster()
                ? new ClusterShards(vertx, addresses, keys, outages, maxCalls)
                : new SingleShard(redis, outages);
    }
}
