package dev.claudebench.security;

import java.util.Map;

import jakarta.enterprise.context.ApplicationScoped;

import dev.claudebench.method.LogLimit;
import io.quarkus.oidc.OIDCException;
import io.quarkus.oidc.runtime.OidcAuthenticationMechanism;
import io.quarkus.security.AuthenticationFailedException;
import io.quarkus.security.identity.IdentityProviderManager;
import io.quarkus.security.identity.SecurityIdentity;
import io.quarkus.vertx.http.runtime.security.HttpSecurityUtils;
import io.smallrye.mutiny.Uni;
import io.vertx.ext.web.RoutingContext;

/**
 * Authenticates by tokens. While their provider has not been reached, Quarkus would ask it, and log a stack, for each request, which
 * then fails with 500. Fault test: UnreachableProviderIT.
 */
@ApplicationScoped
class Tokens {
    private static final String UNREACHABLE = "claudebench.unreachable";

    private final OidcAuthenticationMechanism mechanism;
    private final LogLimit attempts = new LogLimit();
    private volatile boolean isUnreachable;

    Tokens(OidcAuthenticationMechanism mechanism) {
        this.mechanism = mechanism;
    }

    /** Fails if the token is not valid, and if that cannot be known: see {@link #areUnverifiable}. */
    Uni<SecurityIdentity> authenticate(RoutingContext context, IdentityProviderManager identityProviders) {
        if (isUnreachable && !attempts.admits("")) {
            return Uni.createFrom().failure(unreachable());
        }
        return mechanism.authenticate(context, identityProviders)
                .invoke(() -> isUnreachable = false)
                .onFailure(OIDCException.class)
                .transform(cause -> {
                    isUnreachable = true;
                    return unreachable();
                });
    }

    private static AuthenticationFailedException unreachable() {
        return new AuthenticationFailedException(Map.of(UNREACHABLE, true));
    }

    /** Returns whether the authentication of a request failed because the provider was not reached. */
    static boolean areUnverifiable(RoutingContext context) {
        AuthenticationFailedException failure = HttpSecurityUtils.getAuthenticationFailureFromEvent(context);
        return failure != null && failure.getAttribute(UNREACHABLE) != null;
    }
}
