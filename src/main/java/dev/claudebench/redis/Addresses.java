package dev.claudebench.redis;

import java.util.List;

import jakarta.enterprise.context.ApplicationScoped;

import io.quarkus.redis.client.RedisOptionsCustomizer;
import io.vertx.redis.client.RedisOptions;

/** Where Redis is, or its Sentinels, for the log. */
@ApplicationScoped
class Addresses implements RedisOptionsCustomizer {
    private volatile List<String> addresses = List.of();

    @Override
    public void customize(String clientName, RedisOptions options) {
        addresses = options.getEndpoints().stream().map(Addresses::withoutSecrets).toList();
    }

    /** A password may be before the host or in the query. */
    private static String withoutSecrets(String address) {
        return address.replaceFirst("//.*@", "//").replaceFirst("\\?.*", "");
    }

    @Override
    public String toString() {
        return String.join(", ", addresses);
    }
}
