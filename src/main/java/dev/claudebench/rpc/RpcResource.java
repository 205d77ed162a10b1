package dev.claudebench.rpc;

import java.io.ByteArrayInputStream;
import java.io.InputStream;

import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.NotSupportedException;
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

import dev.claudebench.method.Caller;
import io.smallrye.mutiny.Uni;
import io.vertx.core.http.HttpServerRequest;

/** JSON-RPC 2.0 over HTTP: a request or a batch in, its response or responses out. */
@Path("/rpc")
public class RpcResource {
    private final RequestReader reader;
    private final Dispatcher dispatcher;
    private final LargeAnswers largeAnswers;

    RpcResource(RpcConfig config, Dispatcher dispatcher, LargeAnswers largeAnswers) {
        this.reader = new RequestReader(config.maxBatchSize());
        this.dispatcher = dispatcher;
        this.largeAnswers = largeAnswers;
    }

    /**
     * Answers 200 with one response object or, for a batch, an array of them; 204 when the body held nothing but notifications;
     * 503 when too many large answers are under way. A caller that hangs up does not cancel its call: what was begun is
     * finished, and the guards learn how it ended.
     */
    @POST
    @Consumes(MediaType.APPLICATION_JSON)
    @Produces(MediaType.APPLICATION_JSON)
    @Cancellable(false)
    public Uni<Response> call(InputStream body, @HeaderParam(HttpHeaders.CONTENT_TYPE) @Nullable String contentType,
            @HeaderParam(HttpHeaders.CONTENT_ENCODING) @Nullable String encoding, @Context SecurityContext security,
            @Context HttpServerRequest http) {
        if (contentType == null || contentType.contains("*") || encoding != null) {
            // @Consumes lets these pass. A browser may send a body without a type from any page, and nothing is unpacked
            throw new NotSupportedException();
        }
        if (!(body instanceof ByteArrayInputStream whole)) {
            // longer than quarkus.rest.input-buffer-size: to read it would block
            return Uni.createFrom().item(HttpError.tooLarge());
        }
        Caller caller = Caller.of(security.getUserPrincipal(), addressOf(http));
        RequestBody requests = reader.read(whole.readAllBytes());
        if (requests.batch()) {
            return dispatcher.dispatchAll(requests.requests(), caller)
                    .map(responses -> responses.isEmpty() ? noContent() : answer(RpcResponse.json(responses)));
        }
        return dispatcher.dispatch(requests.requests().get(0), caller)
                .map(response -> response == null ? noContent() : answer(RpcResponse.json(response)));
    }

    private static String addressOf(HttpServerRequest http) {
        String address = http.remoteAddress().hostAddress();
        // a proxy may report a name, or a word such as "unknown"
        return address == null ? http.remoteAddress().host() : address;
    }

    private Response answer(byte[] body) {
        return body.length <= LargeAnswers.MIN_BYTES ? Response.ok(body).build() : largeAnswers.response(body);
    }

    private static Response noContent() {
        return Response.noContent().build();
    }
}
