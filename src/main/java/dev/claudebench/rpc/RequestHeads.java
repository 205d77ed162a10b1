package dev.claudebench.rpc;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;

import io.quarkus.vertx.http.runtime.filters.Filters;
import io.vertx.core.http.HttpHeaders;
import io.vertx.ext.web.Router;

/**
 * Refuses requests whose head leaves open whom they are for or where they end (RFC 9112, sections 3.2 and 6.1): proxies may have
 * understood it differently. Vert.x takes any Transfer-Encoding, and logs the words of the client for a bad Host. Fault test:
 * RpcOverHttpTest.
 */
@ApplicationScoped
class RequestHeads {
    /** Before {@link SlowClients}, which goes by what the head says. */
    private static final int FIRST = SlowClients.ORDER + 1;

    void refuseUnknownEnd(@Observes Filters filters) {
        filters.register(routing -> {
            String coding = routing.request().getHeader(HttpHeaders.TRANSFER_ENCODING);
            if (coding == null || coding.equalsIgnoreCase("chunked")) {
                routing.next();
            } else {
                HttpError.endConnection(routing);
            }
        }, FIRST);
    }

    /** The router fails at once, before any filter. */
    void refuseUnknownHost(@Observes Router router) {
        router.route().order(Integer.MIN_VALUE).failureHandler(routing -> {
            if (routing.request().authority() == null) {
                HttpError.endConnection(routing);
            } else {
                routing.next();
            }
        });
    }
}
