package dev.claudebench.rpc;

import java.security.Principal;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;

import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jspecify.annotations.Nullable;

import dev.claudebench.method.Caller;
import io.quarkus.runtime.configuration.MemorySize;
import io.quarkus.vertx.http.runtime.security.QuarkusHttpUser;
import io.vertx.core.http.HttpClosedException;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.BodyHandler;

/**
 * {@code POST /rpc}: JSON-RPC 2.0 over HTTP, a request or a batch in, its response or responses out. A plain route: a
 * framework for resources took about a fifth of the service's time.
 */
@ApplicationScoped
class RpcRoute {
    private static final String PATH = "/rpc";
    private static final String VERB = "POST";
    private static final int NO_CONTENT = 204;

    private final RequestReader reader;
    private final Dispatcher dispatcher;
    private final SlowClients clients;
    private final BodyHandler wholeBody;

    RpcRoute(RpcConfig config, Dispatcher dispatcher, SlowClients clients,
            @ConfigProperty(name = "quarkus.http.limits.max-body-size") MemorySize maxBodySize) {
        this.reader = new RequestReader(config.maxBatchSize());
        this.clients = clients;
        this.dispatcher = dispatcher;
        // one in chunks does not say before how long it is
        this.wholeBody = BodyHandler.create(false).setBodyLimit(maxBodySize.asLongValue());
    }

    void add(@Observes Router router) {
        router.route(PATH).handler(this::receive).handler(this::call).failureHandler(RpcRoute::fail);
    }

    private void receive(RoutingContext routing) {
        if (!HttpAnswer.refusesVerb(routing, VERB) && !HttpAnswer.refusesBody(routing)
                && !HttpAnswer.refusesAccept(routing)) {
            wholeBody.handle(routing);
        }
    }

    /** Nobody is told, and no log, of a client that hung up before its body was there. */
    private static void fail(RoutingContext routing) {
        if (!(routing.failure() instanceof HttpClosedException) && Connections.isOpen(routing.request())) {
            routing.next();
        }
    }

    /**
     * Answers 200 with one response object or, for a batch, an array of them; 204 when the body held nothing but
     * notifications, 503 when too many large answers are on their way to others. A caller that hangs up does not cancel its call:
     * what was begun is finished, and the guards learn how it ended.
     */
    private void call(RoutingContext routing) {
        Caller caller = Caller.of(principalOf(routing), addressOf(routing.request()));
        byte[] body = routing.body().buffer() == null ? new byte[0] : routing.body().buffer().getBytes();
        RequestBody requests = reader.read(body);
        if (requests.batch()) {
            dispatcher.dispatchAll(requests.requests(), caller)
                    .map(responses -> responses.isEmpty() ? null : RpcResponse.json(responses))
                    .subscribe()
                    .with(answer -> answer(routing, answer), routing::fail);
        } else {
            dispatcher.dispatch(requests.requests().get(0), caller)
                    .map(response -> response == null ? null : RpcResponse.json(response))
                    .subscribe()
                    .with(answer -> answer(routing, answer), routing::fail);
        }
    }

    private static @Nullable Principal principalOf(RoutingContext routing) {
        return routing.user() instanceof QuarkusHttpUser user && !user.getSecurityIdentity().isAnonymous()
                ? user.getSecurityIdentity().getPrincipal()
                : null;
    }

    private static String addressOf(HttpServerRequest http) {
        String address = http.remoteAddress().hostAddress();
        // a proxy may report a name, or a word such as "unknown"
        return address == null ? http.remoteAddress().host() : address;
    }

    private void answer(RoutingContext routing, byte @Nullable [] body) {
        if (body == null) {
            HttpAnswer.empty(routing.response(), NO_CONTENT);
        } else if (clients.answer(routing, body.length)) {
            HttpAnswer.json(routing.response(), body);
        } else {
            HttpAnswer.comeBackLater(routing.response()).end();
        }
    }
}
