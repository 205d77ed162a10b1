package dev.claudebench.mcp;

import java.io.InputStream;
import java.util.List;
import java.util.Map;

import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;

import org.jboss.resteasy.reactive.server.Cancellable;

import dev.claudebench.mcp.McpResponses.Cache;
import dev.claudebench.method.Bench;
import dev.claudebench.method.Caller;
import dev.claudebench.rpc.Answer;
import dev.claudebench.rpc.AnswerForm;
import dev.claudebench.rpc.Callers;
import dev.claudebench.rpc.Dispatcher;
import dev.claudebench.rpc.LargeAnswers;
import dev.claudebench.rpc.RequestReader;
import dev.claudebench.rpc.RpcRequest;
import io.smallrye.mutiny.Uni;
import io.vertx.core.http.HttpServerRequest;

/**
 * The Model Context Protocol (Streamable HTTP): the stateless revision 2026-07-28, and earlier ones without a session, so that any
 * replica answers any request. Sends nothing of its own accord, and so needs no streams of events. The extension
 * quarkus-mcp-server 1.13 would keep sessions in one replica; replace this package once it speaks the stateless revision.
 */
@Path("/mcp")
public class McpResource {
    private static final Map<String, Map<String, ?>> CAPABILITIES = Map.of("tools", Map.of(), "resources", Map.of(),
            "prompts", Map.of());

    private final RequestReader reader;
    private final Callers callers;
    private final Dispatcher dispatcher;
    private final LargeAnswers largeAnswers;
    private final McpResponses responses;
    private final Tools tools;
    private final Resources resources;
    private final Prompts prompts;
    private final String instructions = McpFiles.text("instructions.md");

    McpResource(RequestReader reader, Callers callers, Dispatcher dispatcher, LargeAnswers largeAnswers,
            McpResponses responses, Tools tools, Resources resources, Prompts prompts) {
        this.reader = reader;
        this.callers = callers;
        this.dispatcher = dispatcher;
        this.largeAnswers = largeAnswers;
        this.responses = responses;
        this.tools = tools;
        this.resources = resources;
        this.prompts = prompts;
    }

    /** Returns a response, or 202 to a notification. A client that disconnects does not cancel its call. */
    @POST
    @Consumes(MediaType.APPLICATION_JSON)
    @Produces(MediaType.APPLICATION_JSON)
    @Cancellable(false)
    public Uni<Response> post(InputStream body, @Context HttpServerRequest http) {
        return post(Bench.DEFAULT, body, http);
    }

    /** The same for a bench. */
    public Uni<Response> post(Bench bench, InputStream body, HttpServerRequest http) {
        RequestReader.Body read = reader.read(body, http);
        Caller caller = callers.of(http, bench);
        try {
            McpRequest request = McpRequest.of(read, http.headers());
            return request.id() == null
                    ? Uni.createFrom().item(Response.accepted().build())
                    : answer(bench, request, caller);
        } catch (McpException e) {
            String id = read.batch() ? null : read.requests().get(0).id();
            return Uni.createFrom().item(Response.status(e.status()).entity(e.response(id)).build());
        }
    }

    private Uni<Response> answer(Bench bench, McpRequest request, Caller caller) {
        return switch (request.method()) {
            case "tools/call" -> call(bench, tools.call(request), tools.formOf(request), caller);
            case "tools/list" -> tools.list().map(list -> respond(request, Cache.LASTS, list));
            case "resources/list" -> now(request, Cache.LASTS, resources.list());
            case "resources/templates/list" -> now(request, Cache.LASTS, resources.templates());
            case "resources/read" -> call(bench, resources.read(request), resources.formOf(request), caller);
            case "prompts/list" -> now(request, Cache.LASTS, prompts.list());
            case "prompts/get" -> now(request, Cache.NOT_CACHEABLE, prompts.get(request));
            default -> now(request, Cache.LASTS, ofItsRevision(request));
        };
    }

    /** Returns the members of the result of a method that either the stateless or the other revisions have. */
    private byte[] ofItsRevision(McpRequest request) {
        if (request.isStateless() && request.method().equals("server/discover")) {
            return McpResponses
                    .members(Map.of("supportedVersions", List.of(McpRequest.STATELESS), "capabilities", CAPABILITIES,
                            "instructions", instructions));
        }
        if (!request.isStateless() && request.method().equals("initialize")) {
            String wanted = request.params().path("protocolVersion").asText();
            return McpResponses.members(Map.of("protocolVersion",
                    McpRequest.INITIALIZED.contains(wanted) ? wanted : McpRequest.INITIALIZED.get(0), "capabilities",
                    CAPABILITIES, "serverInfo", responses.server(), "instructions", instructions));
        }
        if (!request.isStateless() && request.method().equals("ping")) {
            return new byte[0];
        }
        throw McpException.methodNotFound(request);
    }

    private Uni<Response> call(Bench bench, RpcRequest call, AnswerForm form, Caller caller) {
        return dispatcher.dispatch(bench, List.of(call), caller, largeAnswers.begin(false), form).map(Answer::response);
    }

    private Uni<Response> now(McpRequest request, Cache cache, byte[] members) {
        return Uni.createFrom().item(respond(request, cache, members));
    }

    private Response respond(McpRequest request, Cache cache, byte[] members) {
        Answer answer = largeAnswers.begin(false);
        answer.add(responses.result(request, cache, members));
        return answer.response();
    }
}
