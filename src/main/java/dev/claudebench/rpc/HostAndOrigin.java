package dev.claudebench.rpc;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Objects;
import java.util.regex.Pattern;

import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;

import org.eclipse.microprofile.config.inject.ConfigProperty;

import dev.claudebench.config.Loopback;
import io.quarkus.vertx.http.runtime.filters.Filters;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;

/**
 * Refuses, on all paths, what pages of other sites make a browser send. A name of theirs that resolves to this machine (DNS
 * rebinding) makes them pages of this service for the browser, but it is in Host. Any other page is named in Origin, which
 * Quarkus checks only where CORS is enabled. Fault tests: HostAndOriginTest, HostAndOriginIT.
 */
@Singleton
class HostAndOrigin {
    private static final Pattern LOOPBACK = Pattern.compile("(localhost|127(\\.\\d{1,3}){3}|\\[::1])(:\\d+)?",
            Pattern.CASE_INSENSITIVE);
    private static final int FORBIDDEN = 403;

    private final boolean isLoopbackOnly;
    private final boolean isCorsEnabled;

    HostAndOrigin(@ConfigProperty(name = "quarkus.http.host") String host,
            @ConfigProperty(name = "quarkus.http.cors.enabled", defaultValue = "false") boolean isCorsEnabled) {
        this.isLoopbackOnly = Loopback.includes(host);
        this.isCorsEnabled = isCorsEnabled;
    }

    /** Runs before {@link SlowClients}, so that no body of theirs is waited for. */
    void add(@Observes Filters filters) {
        filters.register(this::check, SlowClients.ORDER + 2);
    }

    private void check(RoutingContext routing) {
        HttpServerRequest request = routing.request();
        String origin = request.getHeader(HttpHeaders.ORIGIN);
        if (request.headers().getAll(HttpHeaders.HOST).size() > 1) {
            HttpError.endConnection(routing, HttpError.BAD_REQUEST, "there is more than one Host: send one");
        } else if (isLoopbackOnly && !LOOPBACK.matcher(hostOf(request)).matches()) {
            HttpError.endConnection(routing, FORBIDDEN,
                    "the service listens on loopback only: Host must be localhost, 127.0.0.1 or [::1]");
        } else if (origin != null && !isCorsEnabled && !isOwn(origin, request)) {
            HttpError.endConnection(routing, FORBIDDEN,
                    "pages of this Origin are not allowed: see quarkus.http.cors.origins");
        } else {
            routing.next();
        }
    }

    /** Not the authority of the request, which a page can choose where X-Forwarded-Host is accepted. */
    private static String hostOf(HttpServerRequest request) {
        // A request of HTTP/2 may have an authority only.
        return Objects.requireNonNullElseGet(request.getHeader(HttpHeaders.HOST),
                () -> String.valueOf(request.authority()));
    }

    private static boolean isOwn(String origin, HttpServerRequest request) {
        try {
            URI page = new URI(origin);
            URI own = new URI(request.scheme() + "://" + request.authority());
            return own.getScheme().equalsIgnoreCase(page.getScheme()) && own.getHost() != null
                    && own.getHost().equalsIgnoreCase(page.getHost()) && portOf(own) == portOf(page);
        } catch (URISyntaxException e) {
            return false;
        }
    }

    private static int portOf(URI uri) {
        if (uri.getPort() >= 0) {
            return uri.getPort();
        }
        return uri.getScheme().equalsIgnoreCase("https") ? 443 : 80;
    }
}
