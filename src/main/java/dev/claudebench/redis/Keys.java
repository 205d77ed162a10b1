package dev.claudebench.redis;

import jakarta.enterprise.context.ApplicationScoped;

import org.eclipse.microprofile.config.inject.ConfigProperty;

import dev.claudebench.method.Bench;

/** The key names that Java code uses; {@code lua/step/keys.lua} builds all others. */
@ApplicationScoped
public class Keys {
    private final String prefix;
    private final boolean inACluster;
    private final boolean isDefaultTagged;

    Keys(RedisConfig config,
            @ConfigProperty(name = "quarkus.redis.client-type", defaultValue = "standalone") String clientType) {
        this.prefix = config.keyPrefix();
        this.inACluster = clientType.equalsIgnoreCase("cluster");
        this.isDefaultTagged = inACluster && !HashSlot.hasTag(prefix);
    }

    boolean areInACluster() {
        return inACluster;
    }

    /**
     * Returns the beginning of every key of a bench. Scripts declare it as their only key. In a Redis Cluster its hash tag keeps the
     * keys together in one slot, since a script changes many at once.
     */
    public String prefix(Bench bench) {
        return bench.isDefault() && !isDefaultTagged ? prefix : prefix + "{" + bench.name() + "}:";
    }

    /** Returns the key of a bench's stream of events. */
    public String events(Bench bench) {
        return prefix(bench) + "stream:events";
    }
}
