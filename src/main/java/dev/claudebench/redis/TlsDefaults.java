package dev.claudebench.redis;

import java.util.concurrent.TimeUnit;

import jakarta.enterprise.context.ApplicationScoped;

import io.quarkus.redis.client.RedisOptionsCustomizer;
import io.vertx.core.net.NetClientOptions;
import io.vertx.redis.client.RedisOptions;

/** Sets the options for TLS with Redis that Quarkus has no property for, or a default that does not fit. */
@ApplicationScoped
class TlsDefaults implements RedisOptionsCustomizer {
    @Override
    public void customize(String clientName, RedisOptions options) {
        NetClientOptions net = options.getNetClientOptions();
        // The default of 10 s is longer than a call may take: its error would not name a port without TLS as the cause.
        net.setSslHandshakeTimeoutUnit(TimeUnit.MILLISECONDS);
        net.setSslHandshakeTimeout(net.getConnectTimeout());
        // Vert.x does not connect without one, and a named TLS configuration has none by default.
        if (net.getHostnameVerificationAlgorithm() == null) {
            net.setHostnameVerificationAlgorithm("HTTPS");
        }
    }
}
