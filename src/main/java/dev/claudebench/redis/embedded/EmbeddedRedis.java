package dev.claudebench.redis.embedded;

import java.net.URI;
import java.util.Objects;
import java.util.Set;

import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;

import dev.claudebench.config.StartConditions;
import io.quarkus.arc.properties.IfBuildProperty;
import io.quarkus.arc.properties.UnlessBuildProperty;
import io.quarkus.redis.client.RedisHostsProvider;
import io.smallrye.common.annotation.Identifier;

/**
 * Starts the embedded Redis when Quarkus asks for the hosts, which it does only if {@code quarkus.redis.hosts} is not set.
 * Stops it with the application, after the Redis clients.
 */
@ApplicationScoped
@Identifier("embedded")
@UnlessBuildProperty(name = "quarkus.native.enabled", stringValue = "true", enableIfMissing = true)
class EmbeddedRedis implements RedisHostsProvider {
    private final RedisServerProcess server;
    private final StartConditions conditions;

    EmbeddedRedis(EmbeddedRedisConfig config, StartConditions conditions) {
        this.conditions = conditions;
        server = new RedisServerProcess(config, Objects.requireNonNullElse(System.getenv("PATH"), ""));
    }

    @Override
    public Set<URI> getHosts() {
        conditions.check();
        return Set.of(server.start());
    }

    @PreDestroy
    void stop() {
        server.stop();
    }

    /** Replaces the embedded Redis in a native executable, which does not contain the redis-server binaries. */
    @ApplicationScoped
    @Identifier("embedded")
    @IfBuildProperty(name = "quarkus.native.enabled", stringValue = "true")
    static class None implements RedisHostsProvider {
        @Override
        public Set<URI> getHosts() {
            throw new EmbeddedRedisException(
                    "The native executable has no embedded Redis. " + EmbeddedRedisException.REMEDY);
        }
    }
}
