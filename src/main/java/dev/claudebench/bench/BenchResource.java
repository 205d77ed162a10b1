package dev.claudebench.bench;

import java.io.InputStream;

import jakarta.annotation.security.RolesAllowed;
import jakarta.ws.rs.BadRequestException;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HEAD;
import jakarta.ws.rs.NotFoundException;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;

import org.jboss.resteasy.reactive.RestMulti;
import org.jboss.resteasy.reactive.server.Cancellable;

import dev.claudebench.event.EventsResource;
import dev.claudebench.mcp.McpResource;
import dev.claudebench.method.Bench;
import dev.claudebench.method.Permission;
import dev.claudebench.rpc.HttpError;
import dev.claudebench.rpc.RpcResource;
import io.smallrye.common.annotation.NonBlocking;
import io.smallrye.mutiny.Uni;
import io.vertx.core.http.HttpServerRequest;

/** The paths of {@code default}, for every bench. */
@Path("/bench/{bench}")
public class BenchResource {
    private static final int BAD_REQUEST = 400;
    private static final int NOT_FOUND = 404;

    private final BenchConfig config;
    private final RpcResource rpc;
    private final EventsResource events;
    private final McpResource mcp;

    BenchResource(BenchConfig config, RpcResource rpc, EventsResource events, McpResource mcp) {
        this.config = config;
        this.rpc = rpc;
        this.events = events;
        this.mcp = mcp;
    }

    @POST
    @Path("/rpc")
    @Consumes({MediaType.APPLICATION_JSON, RpcResource.JSON_RPC})
    @Produces({MediaType.APPLICATION_JSON, RpcResource.JSON_RPC})
    @Cancellable(false)
    public Uni<Response> call(@PathParam("bench") String bench, InputStream body, @Context HttpServerRequest http) {
        return rpc.call(named(bench), body, http);
    }

    @POST
    @Path("/mcp")
    @Consumes(MediaType.APPLICATION_JSON)
    @Produces(MediaType.APPLICATION_JSON)
    @Cancellable(false)
    public Uni<Response> post(@PathParam("bench") String bench, InputStream body, @Context HttpServerRequest http) {
        return mcp.post(named(bench), body, http);
    }

    @GET
    @Path("/events")
    @RolesAllowed(Permission.VIEWER)
    public RestMulti<byte[]> follow(@PathParam("bench") String bench, @Context HttpServerRequest http) {
        return events.follow(named(bench), http);
    }

    @HEAD
    @Path("/events")
    @NonBlocking
    @RolesAllowed(Permission.VIEWER)
    public Response head(@PathParam("bench") String bench) {
        named(bench);
        return events.head();
    }

    private Bench named(String name) {
        Bench bench = Bench.named(name)
                .orElseThrow(() -> new BadRequestException(
                        HttpError.of(BAD_REQUEST, "bench must match " + Bench.NAME).build()));
        if (!bench.isDefault() && config.names().isPresent() && !config.names().get().contains(bench)) {
            throw new NotFoundException(
                    HttpError.of(NOT_FOUND, "bench must be one of claudebench.bench.names").build());
        }
        return bench;
    }
}
