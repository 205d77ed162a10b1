package dev.claudebench.rpc;

import java.util.Map;

import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerResponseContext;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response.Status;

import org.jboss.resteasy.reactive.server.ServerResponseFilter;

/** Names a path's verbs to who came with another, as RFC 9110, section 15.5.6, requires; Quarkus does not. */
class AllowHeader {
    private static final Map<String, String> VERBS = Map.of("/rpc", "POST", "/openrpc.json", "GET, HEAD");

    @ServerResponseFilter
    void tell(ContainerRequestContext request, ContainerResponseContext response) {
        String verbs = VERBS.get(request.getUriInfo().getPath());
        if (verbs != null && response.getStatus() == Status.METHOD_NOT_ALLOWED.getStatusCode()) {
            response.getHeaders().putSingle(HttpHeaders.ALLOW, verbs);
        }
    }
}
