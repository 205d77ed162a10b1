package dev.claudebench.discover;

import jakarta.ws.rs.GET;
import jakarta.ws.rs.OPTIONS;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;

import io.smallrye.common.annotation.NonBlocking;
import io.smallrye.mutiny.Uni;

/** The result of {@code rpc.discover} at an address of its own, for tools that read documents and call no methods. */
@Path("/openrpc.json")
public class OpenRpcResource {
    private final Discovery discovery;

    OpenRpcResource(Discovery discovery) {
        this.discovery = discovery;
    }

    /** Answers 200 with the document. */
    @GET
    @Produces(MediaType.APPLICATION_JSON)
    public Uni<byte[]> document() {
        return discovery.document().map(OpenRpcDocument::bytes);
    }

    /** As at {@code /rpc}: not answered by the framework, which would make it 200. */
    @OPTIONS
    @NonBlocking
    public Response options() {
        return Response.status(Response.Status.METHOD_NOT_ALLOWED).build();
    }
}
