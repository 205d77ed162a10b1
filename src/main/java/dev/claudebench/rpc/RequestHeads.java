package dev.claudebench.rpc;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;

import io.quarkus.vertx.http.runtime.filters.Filters;
import io.vertx.core.http.HttpHeaders;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;

/**
 * Refuses requests whose head leaves open whom they are for or where they end (RFC 9112, sections 3.2 and 6.1), which others on
 * the way may have understood differently. The router would fail at the first, and write the client's words into the log.
 */
@ApplicationScoped
class RequestHeads {
    /** Before {@link SlowClients}, which goes by what the head says. */
    private static final int FIRST = SlowClients.ORDER + 1;
    private static final int BAD_REQUEST = 400;

    void refuseUnknownEnd(@Observes Filters filters) {
        filters.register(routing -> {
            String coding = routing.request().getHeader(HttpHeaders.TRANSFER_ENCODING);
            if (coding == null || coding.equalsIgnoreCase("chunked")) {
                routing.next();
            } else {
                refuse(routing);
            }
        }, FIRST);
    }

    /** The router fails at once, before any filter. */
    void refuseUnknownHost(@Observes Router router) {
        router.route().order(Integer.MIN_VALUE).failureHandler(routing -> {
            if (routing.request().authority() == null) {
                refuse(routing);
            } else {
                routing.next();
            }
        });
    }

    private static void refuse(RoutingContext routing) {
        routing.response()
                .setStatusCode(BAD_REQUEST)
                .putHeader(HttpHeaders.CONNECTION, HttpHeaders.CLOSE)
                .end()
                .onComplete(written -> routing.request().connection().close());
    }
}
