package dev.claudebench.redis;

import java.net.URI;
import java.util.List;

import jakarta.enterprise.context.ApplicationScoped;

import io.quarkus.redis.client.RedisOptionsCustomizer;
import io.vertx.redis.client.RedisClientType;
import io.vertx.redis.client.RedisOptions;

/** Where Redis is, or its Sentinels, or nodes of a Cluster, and how to connect. */
@ApplicationScoped
class Addresses implements RedisOptionsCustomizer {
    private static final int DEFAULT_PORT = 6379;
    private volatile RedisOptions options = new RedisOptions();

    /** Gets the options after TlsDefaults has set its own, which are in the same object. */
    @Override
    public void customize(String clientName, RedisOptions configured) {
        options = configured;
    }

    List<String> hostsAndPorts() {
        return options.getEndpoints().stream().map(Addresses::hostAndPort).toList();
    }

    private static String hostAndPort(String endpoint) {
        URI uri = URI.create(endpoint);
        return uri.getHost() + ":" + (uri.getPort() < 0 ? DEFAULT_PORT : uri.getPort());
    }

    /** Returns the options for a single server at another address, with the credentials of the first configured one. */
    RedisOptions optionsFor(String hostAndPort) {
        URI first = URI.create(options.getEndpoints().get(0));
        String user = first.getRawUserInfo() == null ? "" : first.getRawUserInfo() + "@";
        String query = first.getRawQuery() == null ? "" : "?" + first.getRawQuery();
        return new RedisOptions(options).setType(RedisClientType.STANDALONE)
                .setEndpoints(List.of(first.getScheme() + "://" + user + hostAndPort + query));
    }

    /** A password may be before the host or in the query. */
    private static String withoutSecrets(String address) {
        return address.replaceFirst("//.*@", "//").replaceFirst("\\?.*", "");
    }

    /** For the log. */
    @Override
    public String toString() {
        String ofSentinels = options.getType() == RedisClientType.SENTINEL ? "Sentinel " : "";
        return ofSentinels + String.join(", ", options.getEndpoints().stream().map(Addresses::withoutSecrets).toList());
    }
}
