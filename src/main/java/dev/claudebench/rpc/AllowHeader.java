package dev.claudebench.rpc;

import jakarta.ws.rs.HttpMethod;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerResponseContext;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response.Status;

import org.jboss.resteasy.reactive.server.ServerResponseFilter;

/** Names the verb of {@code /rpc} to who came with another, as RFC 9110, section 15.5.6, requires; Quarkus does not. */
class AllowHeader {

    @ServerResponseFilter
    void tell(ContainerRequestContext request, ContainerResponseContext response) {
        if (response.getStatus() == Status.METHOD_NOT_ALLOWED.getStatusCode()
                && request.getUriInfo().getPath().equals("/rpc")) {
            response.getHeaders().putSingle(HttpHeaders.ALLOW, HttpMethod.POST);
        }
    }
}
