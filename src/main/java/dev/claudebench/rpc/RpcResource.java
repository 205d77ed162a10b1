package dev.claudebench.rpc;

import java.io.InputStream;
import java.util.List;

import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;

import org.jboss.resteasy.reactive.server.Cancellable;

import dev.claudebench.method.Bench;
import dev.claudebench.method.Caller;
import io.smallrye.mutiny.Uni;
import io.vertx.core.http.HttpServerRequest;

/** JSON-RPC 2.0 over HTTP: takes a request or a batch, returns the response or responses. */
@Path("/rpc")
public class RpcResource {
    /** What some clients say instead of {@code application/json}. */
    public static final String JSON_RPC = "application/json-rpc";
    static final List<MediaType> TYPES = List.of(MediaType.APPLICATION_JSON_TYPE, MediaType.valueOf(JSON_RPC));

    private final RequestReader reader;
    private final Dispatcher dispatcher;
    private final LargeAnswers largeAnswers;
    private final Callers callers;

    /** Returns whether calls are sent to this path, for whatever bench. */
    public static boolean isAt(String path) {
        return path.equals("/rpc") || path.matches("/bench/[^/]*/rpc");
    }

    RpcResource(RequestReader reader, Dispatcher dispatcher, LargeAnswers largeAnswers, Callers callers) {
        this.reader = reader;
        this.dispatcher = dispatcher;
        this.largeAnswers = largeAnswers;
        this.callers = callers;
    }

    /**
     * Returns 200 with a response or, for a batch, an array; 204 if all requests were notifications. A client that disconnects does
     * not cancel its call, so that the guards see its outcome.
     */
    @POST
    @Consumes({MediaType.APPLICATION_JSON, JSON_RPC})
    @Produces({MediaType.APPLICATION_JSON, JSON_RPC})
    @Cancellable(false)
    public Uni<Response> call(InputStream body, @Context HttpServerRequest http) {
        return call(Bench.DEFAULT, body, http);
    }

    /** The same for a bench. */
    public Uni<Response> call(Bench bench, InputStream body, HttpServerRequest http) {
        RequestReader.Body requests = reader.read(body, http);
        Caller caller = callers.of(http, bench);
        Answer answer = largeAnswers.begin(requests.batch());
        return dispatcher.dispatch(bench, requests.requests(), caller, answer, RpcForm.INSTANCE).map(Answer::response);
    }
}
