package dev.claudebench.redis.embedded;

import java.net.URI;
import java.util.Set;

import jakarta.enterprise.context.ApplicationScoped;

import io.quarkus.arc.properties.IfBuildProperty;
import io.quarkus.redis.client.RedisHostsProvider;
import io.smallrye.common.annotation.Identifier;

/** Replaces {@link EmbeddedRedis} in a native executable, which does not contain the redis-server binaries. */
@ApplicationScoped
@Identifier("embedded")
@IfBuildProperty(name = "quarkus.native.enabled", stringValue = "true")
class NoEmbeddedRedis implements RedisHostsProvider {

    @Override
    public Set<URI> getHosts() {
        throw new EmbeddedRedisException(
                "The native executable has no embedded Redis. " + EmbeddedRedisException.REMEDY);
    }
}
