package dev.claudebench.rpc;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.ObservesAsync;

import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jboss.logging.Logger;

import io.quarkus.vertx.http.HttpServer;
import io.quarkus.vertx.http.HttpServerStart;
import io.vertx.core.Vertx;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetSocket;

/**
 * Serves clients that take {@code localhost} for the IPv6 address alone, while the service listens on 127.0.0.1: forwards their
 * connections there, since Quarkus listens on one address. Test: HostAndOriginIT.
 */
@ApplicationScoped
class Ipv6Loopback {
    private static final Logger LOG = Logger.getLogger(Ipv6Loopback.class);
    private static final String IPV4 = "127.0.0.1";
    private static final String IPV6 = "::1";

    private final Vertx vertx;
    private final HttpServer http;
    private final String host;

    Ipv6Loopback(Vertx vertx, HttpServer http, @ConfigProperty(name = "quarkus.http.host") String host) {
        this.vertx = vertx;
        this.http = http;
        this.host = host;
    }

    void listen(@ObservesAsync HttpServerStart started) {
        if (host.equals(IPV4)) {
            NetClient client = vertx.createNetClient();
            vertx.createNetServer()
                    .connectHandler(connection -> forward(connection, client))
                    .listen(http.getPort(), IPV6)
                    // Without IPv6, or with another program there, the service is reached as before.
                    .onFailure(failure -> LOG.debugf("Not reachable at [%s]: %s", IPV6, failure.getMessage()));
        }
    }

    private void forward(NetSocket connection, NetClient client) {
        connection.pause();
        client.connect(http.getPort(), IPV4).onSuccess(service -> {
            connection.pipeTo(service);
            service.pipeTo(connection);
        }).onFailure(failure -> connection.close());
    }
}
