package dev.claudebench.security;

import java.time.Instant;
import java.util.Collection;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.json.JsonString;

import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.eclipse.microprofile.jwt.JsonWebToken;
import org.jspecify.annotations.Nullable;

import dev.claudebench.method.Grant;
import dev.claudebench.method.Permission;
import dev.claudebench.method.PlainText;
import io.quarkus.oidc.Oidc;
import io.quarkus.oidc.OidcTenantConfig;
import io.quarkus.security.AuthenticationFailedException;
import io.quarkus.security.identity.AuthenticationRequestContext;
import io.quarkus.security.identity.SecurityIdentity;
import io.quarkus.security.identity.SecurityIdentityAugmentor;
import io.quarkus.security.runtime.QuarkusPrincipal;
import io.quarkus.security.runtime.QuarkusSecurityIdentity;
import io.smallrye.mutiny.Uni;

/**
 * Gives the holder of a token that OpenID Connect has verified our permissions and a grant. Its principal is {@code jwt:} and the
 * name in the token, so that it is never that of an API key.
 */
@ApplicationScoped
class TokenIdentity implements SecurityIdentityAugmentor {
    private static final String PRINCIPAL_PREFIX = "jwt:";

    private final String benchClaim;
    private final boolean isConfigured;

    TokenIdentity(SecurityConfig config,
            @ConfigProperty(name = "quarkus.oidc.auth-server-url") Optional<String> issuer) {
        this.benchClaim = config.benchClaim();
        this.isConfigured = issuer.isPresent();
    }

    /** Quarkus would refuse to start without an issuer. */
    void disableUnlessConfigured(@Observes Oidc oidc) {
        if (!isConfigured) {
            oidc.create(OidcTenantConfig.builder().disableTenant().build());
        }
    }

    @Override
    public Uni<SecurityIdentity> augment(SecurityIdentity identity, AuthenticationRequestContext context) {
        return Uni.createFrom()
                .item(identity.getPrincipal() instanceof JsonWebToken token
                        ? identity(identity.getRoles(), token)
                        : identity);
    }

    private SecurityIdentity identity(Set<String> roles, JsonWebToken token) {
        Instant end = Instant.ofEpochSecond(token.getExpirationTime());
        return QuarkusSecurityIdentity.builder()
                .setPrincipal(new QuarkusPrincipal(PRINCIPAL_PREFIX + nameOf(token)))
                .addRoles(roles.stream()
                        .filter(Permission.ALL::contains)
                        .flatMap(role -> Permission.upTo(role).stream())
                        .collect(Collectors.toSet()))
                .addAttribute(Grant.ATTRIBUTE,
                        new Grant(benchesOf(token), Map.of(), () -> !Instant.now().isBefore(end)))
                .build();
    }

    /** Returns a name that can be part of a key in Redis and of a line of the log. */
    private static String nameOf(JsonWebToken token) {
        String name = token.getName();
        if (name == null || name.isEmpty() || name.codePointCount(0, name.length()) > PlainText.ID
                || name.codePoints().anyMatch(Character::isISOControl)) {
            throw new AuthenticationFailedException("the token has no usable name");
        }
        return name;
    }

    /** Returns the benches in the claim, none for all. A claim that names none is refused, since it would give all. */
    private Set<String> benchesOf(JsonWebToken token) {
        Object claim = token.getClaim(benchClaim);
        if (claim == null) {
            return Set.of();
        }
        Set<String> benches = new HashSet<>();
        for (Object bench : claim instanceof Collection<?> many ? many : Set.of(claim)) {
            benches.add(text(bench));
        }
        if (benches.isEmpty()) {
            throw new AuthenticationFailedException("the token is for no bench");
        }
        return benches;
    }

    private static String text(@Nullable Object value) {
        if (value instanceof JsonString string) {
            return string.getString();
        }
        if (value instanceof String string) {
            return string;
        }
        throw new AuthenticationFailedException("the benches of the token are no names");
    }
}
