package dev.claudebench.security;

import java.time.Instant;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.json.JsonString;

import org.eclipse.microprofile.jwt.JsonWebToken;

import dev.claudebench.method.Grant;
import dev.claudebench.method.Permission;
import io.quarkus.security.AuthenticationFailedException;
import io.quarkus.security.identity.AuthenticationRequestContext;
import io.quarkus.security.identity.SecurityIdentity;
import io.quarkus.security.identity.SecurityIdentityAugmentor;
import io.quarkus.security.runtime.QuarkusPrincipal;
import io.quarkus.security.runtime.QuarkusSecurityIdentity;
import io.smallrye.mutiny.Uni;

/**
 * What a bearer token grants: the permissions among its roles, and those that they include; the benches of a claim; until it expires. Its
 * principal is {@code jwt:} and the name in the token, so that nobody poses as the API key of that name.
 */
@ApplicationScoped
class TokenGrants implements SecurityIdentityAugmentor {
    private static final int MAX_NAME = 256;

    private final String benchClaim;

    TokenGrants(SecurityConfig config) {
        benchClaim = config.benchClaim();
    }

    @Override
    public Uni<SecurityIdentity> augment(SecurityIdentity identity, AuthenticationRequestContext context) {
        return identity.getPrincipal() instanceof JsonWebToken token
                ? Uni.createFrom().item(() -> granted(identity, token))
                : Uni.createFrom().item(identity);
    }

    private SecurityIdentity granted(SecurityIdentity identity, JsonWebToken token) {
        String name = String.valueOf(token.getName());
        // It is part of keys in Redis, and of the log.
        if (name.length() > MAX_NAME || name.chars().anyMatch(Character::isISOControl)) {
            throw new AuthenticationFailedException("the token has no name that can be a principal");
        }
        Set<String> permissions = new HashSet<>();
        identity.getRoles()
                .stream()
                .filter(Permission.ALL::contains)
                .map(Permission::upTo)
                .forEach(permissions::addAll);
        Set<String> benches = new HashSet<>();
        if (token.getClaim(benchClaim) instanceof Iterable<?> named) {
            named.forEach(bench -> benches.add(bench instanceof JsonString text ? text.getString() : bench.toString()));
        }
        return QuarkusSecurityIdentity.builder()
                .setPrincipal(new QuarkusPrincipal("jwt:" + name))
                .addRoles(permissions)
                .addAttribute(Grant.ATTRIBUTE, new Grant(benches, Map.of(),
                        () -> Instant.now().getEpochSecond() > token.getExpirationTime()))
                .build();
    }
}
