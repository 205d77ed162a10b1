package dev.claudebench.redis;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Produces;

import org.eclipse.microprofile.config.inject.ConfigProperty;

import io.quarkus.redis.datasource.ReactiveRedisDataSource;
import io.vertx.mutiny.core.Vertx;

/** Chooses by {@code quarkus.redis.client-type} how benches find their servers. */
final class ShardsProducer {

    @Produces
    @ApplicationScoped
    Shards shards(ReactiveRedisDataSource redis, Keys keys, Outages outages, Vertx vertx, Addresses addresses,
            @ConfigProperty(name = "claudebench.overload.max-calls") int maxCalls) {
        return keys.areInACluster()
                ? new ClusterShards(vertx, addresses, keys, outages, maxCalls)
                : new SingleShard(redis, outages);
    }
}
