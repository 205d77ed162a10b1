package dev.claudebench.discover;

import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;

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
}
