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

import org.jboss.resteasy.reactive.server.Cancellable;
import org.jspecify.annotations.Nullable;

import dev.claudebench.method.Caller;
import io.smallrye.mutiny.Uni;
import io.vertx.core.http.HttpServerRequest;

/** JSON-RPC 2.0 over HTTP: takes a request or a batch, returns the response or responses. */
@Path("/rpc")
public class RpcResource {
    private final RequestReader reader;
    private final Dispatcher dispatcher;
    private final LargeAnswers largeAnswers;
    private final Callers callers;

    RpcResource(RpcConfig config, Dispatcher dispatcher, LargeAnswers largeAnswers, Callers callers) {
        this.reader = new RequestReader(config.maxBatchSize());
        this.dispatcher = dispatcher;
        this.largeAnswers = largeAnswers;
        this.callers = callers;
    }

    /**
     * Returns 200 with a response or, for a batch, an array; 204 if all requests were notifications. A client that disconnects does not cancel its call, so that the guards see its outcome.
     */
    @POST
    @Consumes(MediaType.APPLICATION_JSON)
    @Produces(MediaType.APPLICATION_JSON)
    @Cancellable(false)
    public Uni<Response> call(InputStream body, @HeaderParam(HttpHeaders.CONTENT_TYPE) @Nullable String contentType,
            @HeaderParam(HttpHeaders.CONTENT_ENCODING) @Nullable String encoding,
            @Context HttpServerRequest http) {
        if (contentType == null || contentType.contains("*") || encoding != null) {
            // @Consumes accepts these. A page of any origin can make a browser send a body without a type.
            throw new NotSupportedException();
        }
        if (!(body instanceof ByteArrayInputStream whole)) {
            // Longer than quarkus.rest.input-buffer-size: reading would block.
            return Uni.createFrom().item(HttpError.of(HttpError.TOO_LARGE, HttpError.TOO_LARGE_TEXT).build());
        }
        Caller caller = callers.of(http);
        RequestReader.Body requests = reader.read(whole.readAllBytes());
        Answer answer = largeAnswers.begin(requests.batch());
        return dispatcher.dispatch(requests.requests(), caller, answer)
                .map(answered -> response(answer))
                .onFailure()
                .invoke(answer::release);
    }

    private static Response response(Answer answer) {
        int length = answer.end();
        if (length == 0) {
            return Response.noContent().build();
        }
        return Response.ok(length <= Answer.FREE_BYTES ? answer.bytes() : answer).build();
    }
}
