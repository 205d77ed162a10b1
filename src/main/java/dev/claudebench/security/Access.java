package dev.claudebench.security;

import java.util.Optional;

import jakarta.enterprise.context.ApplicationScoped;

import org.eclipse.microprofile.config.inject.ConfigProperty;

import dev.claudebench.config.Loopback;
import dev.claudebench.config.StartCondition;
import io.quarkus.runtime.configuration.ConfigurationException;

/** Whether callers need credentials. Without any configured, the service is for this machine alone (protected mode). */
@ApplicationScoped
class Access implements StartCondition {
    private final boolean hasKeys;
    private final boolean hasTokens;
    private final boolean isOpenToAll;
    private final String host;

    Access(ApiKeys keys, SecurityConfig config, @ConfigProperty(name = "quarkus.http.host") String host,
            @ConfigProperty(name = "quarkus.oidc.auth-server-url") Optional<String> tokenIssuer) {
        this.hasKeys = !keys.isEmpty();
        this.hasTokens = tokenIssuer.isPresent();
        this.isOpenToAll = config.anonymous();
        this.host = host;
    }

    /** Whether bearer tokens of an OpenID provider are accepted. */
    boolean hasTokens() {
        return hasTokens;
    }

    boolean needsCredentials() {
        return hasKeys || hasTokens;
    }

    @Override
    public void check() {
        if (needsCredentials() && isOpenToAll) {
            throw new ConfigurationException(
                    "claudebench.security.anonymous=true contradicts the credentials that are configured: remove one of them");
        }
        if (!needsCredentials() && !isOpenToAll && !Loopback.includes(host)) {
            throw new ConfigurationException(
                    "protected mode: without credentials the service listens on loopback only, not on "
                            + host
                            + ": configure API keys (claudebench.security.key-file), or let everybody do everything"
                            + " (claudebench.security.anonymous=true)");
        }
    }
}
