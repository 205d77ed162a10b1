package dev.claudebench.rpc;

import java.util.Map;
import java.util.Objects;

import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import jakarta.ws.rs.ClientErrorException;
import jakarta.ws.rs.HttpMethod;
import jakarta.ws.rs.NotAcceptableException;
import jakarta.ws.rs.NotAllowedException;
import jakarta.ws.rs.NotFoundException;
import jakarta.ws.rs.NotSupportedException;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;

import org.jboss.resteasy.reactive.server.ServerExceptionMapper;
import org.jboss.resteasy.reactive.server.ServerRequestFilter;

import io.quarkus.security.ForbiddenException;
import io.quarkus.vertx.http.runtime.filters.Filters;
import io.vertx.ext.web.Router;

/**
 * Adds a body that says what is accepted to the errors of Quarkus REST, and rejects what Quarkus and Vert.x accept: an unknown
 * Transfer-Encoding or a bad Host (RFC 9112, sections 3.2 and 6.1), which proxies may interpret differently, and types that the
 * client excludes. Fault test: RpcOverHttpTest.
 */
@Singleton
class BadRequests {
    /** By the end of the path. Quarkus returns no verbs with a 405, and too many for OPTIONS. */
    private static final Map<String, String> VERBS = Map.of("/rpc", "POST", "/mcp", "POST");

    private static final int FORBIDDEN = 403;

    @ServerExceptionMapper
    Response otherVerb(NotAllowedException refused, UriInfo uri) {
        String path = uri.getPath();
        String verbs = VERBS.getOrDefault(path.substring(path.lastIndexOf('/')), "GET, HEAD");
        String calls = verbs.equals("POST") ? "" : "; calls are POST requests to /rpc, MCP is at /mcp";
        return HttpError.of(refused.getResponse().getStatus(), "this address takes " + verbs + calls)
                .header(HttpHeaders.ALLOW, verbs)
                .build();
    }

    @ServerExceptionMapper
    Response otherAddress(NotFoundException refused) {
        return explained(refused, "there is nothing at this address; calls are POST requests to /rpc, MCP is at /mcp");
    }

    @ServerExceptionMapper
    Response otherType(NotSupportedException refused) {
        return explained(refused, "POST the body as Content-Type: application/json");
    }

    @ServerExceptionMapper
    Response noAcceptableType(NotAcceptableException refused) {
        return explained(refused, "the answer is application/json: Accept that");
    }

    /** Errors of our own have a body. */
    private static Response explained(ClientErrorException refused, String error) {
        Response response = refused.getResponse();
        return response.hasEntity() ? response : HttpError.of(response.getStatus(), error).build();
    }

    @ServerExceptionMapper
    Response forbidden(ForbiddenException refused) {
        return HttpError
                .of(FORBIDDEN, Objects.requireNonNullElse(refused.getMessage(), "the credentials do not allow this"))
                .build();
    }

    /** Runs before {@link SlowClients}, which relies on the header. */
    void refuseUnknownEnd(@Observes Filters filters) {
        filters.register(routing -> {
            String coding = routing.request().getHeader("Transfer-Encoding");
            if (coding == null || coding.equalsIgnoreCase("chunked")) {
                routing.next();
            } else {
                HttpError.endConnection(routing, HttpError.BAD_REQUEST, null);
            }
        }, SlowClients.ORDER + 1);
    }

    /** Uses a failure handler, because the router fails before any filter runs. Vert.x would log the Host as it is. */
    void refuseUnknownHost(@Observes Router router) {
        router.route().order(Integer.MIN_VALUE).failureHandler(routing -> {
            if (routing.request().authority() == null) {
                HttpError.endConnection(routing, HttpError.BAD_REQUEST, null);
            } else {
                routing.next();
            }
        });
    }

    @ServerRequestFilter(preMatching = true)
    void refuseOptions(ContainerRequestContext request) {
        if (request.getMethod().equals(HttpMethod.OPTIONS)) {
            throw new NotAllowedException("");
        }
    }

    /** Quarkus treats a type that the client excludes with {@code q=0} as accepted. */
    @ServerRequestFilter
    void refuseExcludedType(ContainerRequestContext request) {
        String accept = request.getHeaderString(HttpHeaders.ACCEPT);
        if (accept != null && accept.contains("q=0") && request.getAcceptableMediaTypes()
                .stream()
                .filter(type -> !type.getParameters().getOrDefault("q", "1").matches("0(\\.0*)?"))
                .noneMatch(type -> RpcResource.TYPES.stream().anyMatch(type::isCompatible))) {
            throw new NotAcceptableException();
        }
    }
}
