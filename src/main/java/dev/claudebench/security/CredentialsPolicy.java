package dev.claudebench.security;

import java.util.Set;
import java.util.regex.Pattern;

import jakarta.enterprise.context.ApplicationScoped;

import org.eclipse.microprofile.config.inject.ConfigProperty;

import dev.claudebench.method.Permission;
import dev.claudebench.rpc.RpcResource;
import io.quarkus.security.identity.SecurityIdentity;
import io.quarkus.vertx.http.runtime.security.HttpSecurityPolicy;
import io.smallrye.mutiny.Uni;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.RoutingContext;

/**
 * Closes all paths but health and the dashboard's files, which hold no data, to callers without permissions, so that also what is
 * added later is closed. A call of a caller who is known is answered with the permission that it lacks.
 */
@ApplicationScoped
class CredentialsPolicy implements HttpSecurityPolicy {
    /** The page, its files and its libraries. */
    private static final Pattern DASHBOARD = Pattern.compile("/(index\\.html|(dashboard|webjars|_static)/.*)?");
    private static final Set<HttpMethod> READING = Set.of(HttpMethod.GET, HttpMethod.HEAD);

    private final String health;
    private final String metrics;
    private final boolean areMetricsPublic;

    CredentialsPolicy(@ConfigProperty(name = "quarkus.http.non-application-root-path", defaultValue = "q") String root,
            SecurityConfig config) {
        this.health = "/" + root + "/health";
        this.metrics = "/" + root + "/metrics";
        this.areMetricsPublic = config.publicMetrics();
    }

    @Override
    public Uni<CheckResult> checkPermission(RoutingContext request, Uni<SecurityIdentity> identity,
            AuthorizationRequestContext context) {
        return isPublic(request.normalizedPath()) || isDashboard(request)
                ? CheckResult.permit()
                : identity.map(caller -> caller.hasRole(Permission.VIEWER)
                        || (RpcResource.isAt(request.normalizedPath()) && !caller.isAnonymous())
                                ? CheckResult.PERMIT
                                : CheckResult.DENY);
    }

    private static boolean isDashboard(RoutingContext request) {
        return READING.contains(request.request().method()) && DASHBOARD.matcher(request.normalizedPath()).matches();
    }

    private boolean isPublic(String path) {
        return path.equals(health) || path.startsWith(health + "/") || (areMetricsPublic && path.equals(metrics));
    }
}
