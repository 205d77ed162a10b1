package dev.claudebench.security;

import jakarta.enterprise.context.ApplicationScoped;

import org.eclipse.microprofile.config.inject.ConfigProperty;

import dev.claudebench.method.Permission;
import dev.claudebench.rpc.RpcResource;
import io.quarkus.security.identity.SecurityIdentity;
import io.quarkus.vertx.http.runtime.security.HttpSecurityPolicy;
import io.smallrye.mutiny.Uni;
import io.vertx.ext.web.RoutingContext;

/**
 * Closes all paths but health to callers without permissions, so that also what is added later is closed. A call of a caller who is
 * known is answered with the permission that it lacks.
 */
@ApplicationScoped
class CredentialsPolicy implements HttpSecurityPolicy {
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
        return isPublic(request.normalizedPath())
                ? CheckResult.permit()
                : identity.map(caller -> caller.hasRole(Permission.VIEWER)
                        || (RpcResource.isAt(request.normalizedPath()) && !caller.isAnonymous())
                                ? CheckResult.PERMIT
                                : CheckResult.DENY);
    }

    private boolean isPublic(String path) {
        return path.equals(health) || path.startsWith(health + "/") || (areMetricsPublic && path.equals(metrics));
    }
}
