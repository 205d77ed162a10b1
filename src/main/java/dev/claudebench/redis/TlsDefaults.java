package dev.claudebench.redis;

import java.util.concurrent.TimeUnit;

import jakarta.enterprise.context.ApplicationScoped;

import io.quarkus.redis.client.RedisOptionsCustomizer;
import io.vertx.core.net.NetClientOptions;
import io.vertx.redis.client.RedisOptions;

/** What Quarkus does not set, or not well, for TLS with Redis. */
@ApplicationScoped
class TlsDefaults implements RedisOptionsCustomizer {
    /** Vert.x refuses to connect without one, and a named TLS configuration has none by default. */
    private static final String HOST_NAME_VERIFICATION = "HTTPS";

    @Override
    public void customize(String clientName, RedisOptions options) {
        NetClientOptions net = options.getNetClientOptions();
        // by default 10 s: calls that wait for a handshake with a port without TLS would time out without the cause
        net.setSslHandshakeTimeoutUnit(TimeUnit.MILLISECONDS);
        net.setSslHandshakeTimeout(net.getConnectTimeout());
        if (net.getHostnameVerificationAlgorithm() == null) {
            net.setHostnameVerificationAlgorithm(HOST_NAME_VERIFICATION);
        }
    }
}
