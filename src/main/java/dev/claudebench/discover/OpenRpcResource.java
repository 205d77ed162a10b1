package dev.claudebench.discover;

import jakarta.annotation.security.RolesAllowed;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;

import dev.claudebench.method.Permission;
import io.smallrye.mutiny.Uni;

/** Serves the result of {@code rpc.discover} to tools that do not call methods. */
@Path("/openrpc.json")
public class OpenRpcResource {
    private final DiscoverMethod method;

    OpenRpcResource(DiscoverMethod method) {
        this.method = method;
    }

    /** Answers 200 with the document. */
    @GET
    @RolesAllowed(Permission.VIEWER)
    @Produces(MediaType.APPLICATION_JSON)
    public Uni<byte[]> document() {
        return method.document().map(DiscoverMethod.Document::json);
    }
}
