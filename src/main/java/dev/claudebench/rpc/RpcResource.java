package dev.claudebench.rpc;

import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.OPTIONS;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.SecurityContext;

import org.jboss.resteasy.reactive.server.Cancellable;
import org.jspecify.annotations.Nullable;

import io.smallrye.mutiny.Uni;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;

/** JSON-RPC 2.0 over HTTP: a request or a batch in, its response or responses out. */
@Path("/rpc")
public class RpcResource {
    private final RequestReader reader;
    private final Dispatcher dispatcher;
    private final SlowClients clients;

    RpcResource(RpcConfig config, Dispatcher dispatcher, SlowClients clients) {
        this.reader = new RequestReader(config.maxBatchSize());
        this.clients = clients;
        this.dispatcher = dispatcher;
    }

    /**
     * Answers 200 with one response object or, for a batch, an array of them; 204 when the body held nothing but
     * notifications, 503 when too many large answers are on their way to others. A caller that hangs up does not cancel its call: what was begun is finished, and the guards learn how
     * it ended.
     */
    @POST
    @Consumes(MediaType.APPLICATION_JSON)
    @Produces(MediaType.APPLICATION_JSON)
    @Cancellable(false)
    public Uni<Response> call(byte @Nullable [] body,
            @HeaderParam(HttpHeaders.CONTENT_TYPE) @Nullable String contentType,
            @HeaderParam(HttpHeaders.CONTENT_ENCODING) @Nullable String encoding, @Context SecurityContext security,
            @Context RoutingContext http) {
        if (contentType == null || contentType.contains("*") || encoding != null) {
            // @Consumes lets these through: a browser may send a body without a type from any page, and none is unpacked
            return Uni.createFrom().item(Response.status(Response.Status.UNSUPPORTED_MEDIA_TYPE).build());
        }
        Caller caller = Caller.of(security.getUserPrincipal(), addressOf(http.request()));
        RequestBody requests = reader.read(body == null ? new byte[0] : body);
        if (requests.batch()) {
            return dispatcher.dispatchAll(requests.requests(), caller)
                    .map(responses -> responses.isEmpty()
                            ? noContent()
                            : answer(RpcResponse.json(responses), http));
        }
        return dispatcher.dispatch(requests.requests().get(0), caller)
                .map(response -> response == null ? noContent() : answer(RpcResponse.json(response), http));
    }

    /** Not described to callers by the framework, which would answer 200: the endpoint takes POST alone. */
    @OPTIONS
    public Response options() {
        return Response.status(Response.Status.METHOD_NOT_ALLOWED).build();
    }

    private static String addressOf(HttpServerRequest http) {
        String address = http.remoteAddress().hostAddress();
        // a proxy may report a name, or a word such as "unknown"
        return address == null ? http.remoteAddress().host() : address;
    }

    private Response answer(byte[] body, RoutingContext http) {
        return clients.answer(http, body.length) ? Response.ok(body).build() : SlowClients.comeBackLater();
    }

    private static Response noContent() {
        return Response.noContent().build();
    }
}
