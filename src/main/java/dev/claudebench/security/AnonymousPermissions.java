package dev.claudebench.security;

import java.util.HashSet;

import jakarta.enterprise.context.ApplicationScoped;

import dev.claudebench.method.Permission;
import io.quarkus.security.identity.AuthenticationRequestContext;
import io.quarkus.security.identity.SecurityIdentity;
import io.quarkus.security.identity.SecurityIdentityAugmentor;
import io.quarkus.security.runtime.QuarkusSecurityIdentity;
import io.smallrye.mutiny.Uni;

/** Gives anonymous callers all permissions if no credentials are configured. */
@ApplicationScoped
class AnonymousPermissions implements SecurityIdentityAugmentor {
    private final Access access;

    AnonymousPermissions(Access access) {
        this.access = access;
    }

    @Override
    public Uni<SecurityIdentity> augment(SecurityIdentity identity, AuthenticationRequestContext context) {
        if (!identity.isAnonymous() || access.needsCredentials()) {
            return Uni.createFrom().item(identity);
        }
        return Uni.createFrom()
                .item(QuarkusSecurityIdentity.builder(identity).addRoles(new HashSet<>(Permission.ALL)).build());
    }
}
