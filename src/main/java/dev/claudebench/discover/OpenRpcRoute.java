package dev.claudebench.discover;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;

import dev.claudebench.rpc.HttpAnswer;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;

/**
 * {@code GET /openrpc.json}: the result of {@code rpc.discover} at an address of its own, for tools that read documents and call no
 * methods.
 */
@ApplicationScoped
class OpenRpcRoute {
    private final Discovery discovery;

    OpenRpcRoute(Discovery discovery) {
        this.discovery = discovery;
    }

    void add(@Observes Router router) {
        router.route("/openrpc.json").handler(this::document);
    }

    private void document(RoutingContext routing) {
        if (HttpAnswer.refusesVerb(routing, "GET", "HEAD") || HttpAnswer.refusesAccept(routing)) {
            return;
        }
        routing.request().resume();
        discovery.document()
                .subscribe()
                .with(document -> HttpAnswer.json(routing.response(), document.bytes()), routing::fail);
    }
}
