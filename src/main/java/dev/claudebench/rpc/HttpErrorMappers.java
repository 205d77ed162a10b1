package dev.claudebench.rpc;

import java.util.Map;
import java.util.Objects;

import jakarta.ws.rs.HttpMethod;
import jakarta.ws.rs.NotAcceptableException;
import jakarta.ws.rs.NotAllowedException;
import jakarta.ws.rs.NotSupportedException;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;

import org.jboss.resteasy.reactive.server.ServerExceptionMapper;
import org.jboss.resteasy.reactive.server.ServerRequestFilter;

/** The refusals of Quarkus REST, each with a body that says what would do. */
class HttpErrorMappers {
    /** Quarkus names no verbs with a 405, and too many to OPTIONS. */
    private static final Map<String, String> VERBS = Map.of("/rpc", "POST", "/openrpc.json", "GET, HEAD", "/events",
            "GET");

    @ServerExceptionMapper
    Response otherVerb(NotAllowedException refused, UriInfo uri) {
        String verbs = Objects.requireNonNullElse(VERBS.get(uri.getPath()), "");
        return HttpError.of(refused.getResponse().getStatus(), "this address takes " + verbs)
                .header(HttpHeaders.ALLOW, verbs)
                .build();
    }

    @ServerExceptionMapper
    Response otherType(NotSupportedException refused) {
        return HttpError.of(refused.getResponse().getStatus(),
                "POST the body as Content-Type: application/json, without a Content-Encoding").build();
    }

    @ServerExceptionMapper
    Response noAcceptableType(NotAcceptableException refused) {
        return HttpError.of(refused.getResponse().getStatus(), "the answer is application/json: Accept that").build();
    }

    @ServerRequestFilter(preMatching = true)
    void refuseOptions(ContainerRequestContext request) {
        if (request.getMethod().equals(HttpMethod.OPTIONS)) {
            throw new NotAllowedException("");
        }
    }

    /** Quarkus takes a type that the client excludes with {@code q=0} for one that it accepts. */
    @ServerRequestFilter
    void refuseExcludedType(ContainerRequestContext request) {
        String accept = request.getHeaderString(HttpHeaders.ACCEPT);
        if (accept != null && accept.contains("q=0") && request.getAcceptableMediaTypes()
                .stream()
                .filter(type -> !type.getParameters().getOrDefault("q", "1").matches("0(\\.0*)?"))
                .noneMatch(MediaType.APPLICATION_JSON_TYPE::isCompatible)) {
            throw new NotAcceptableException();
        }
    }
}
