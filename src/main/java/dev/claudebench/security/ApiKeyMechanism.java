package dev.claudebench.security;

import java.util.Set;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.ws.rs.core.MediaType;

import org.jboss.logging.Logger;

import dev.claudebench.method.Failure;
import dev.claudebench.method.Json;
import dev.claudebench.method.LogLimit;
import dev.claudebench.rpc.HttpError;
import dev.claudebench.rpc.RpcError;
import dev.claudebench.rpc.RpcResource;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.security.identity.IdentityProviderManager;
import io.quarkus.security.identity.SecurityIdentity;
import io.quarkus.security.identity.request.AuthenticationRequest;
import io.quarkus.vertx.http.runtime.security.ChallengeData;
import io.quarkus.vertx.http.runtime.security.HttpAuthenticationMechanism;
import io.smallrye.mutiny.Uni;
import io.vertx.core.http.HttpHeaders;
import io.vertx.ext.web.RoutingContext;

/**
 * Reads API keys from {@code Authorization: Bearer}, leaves other bearer tokens to OpenID Connect, and says what is missing to who has
 * no valid credentials.
 */
@ApplicationScoped
class ApiKeyMechanism implements HttpAuthenticationMechanism {
    private static final Logger LOG = Logger.getLogger(ApiKeyMechanism.class);
    private static final String SCHEME = "Bearer ";
    private static final String KEY_PREFIX = "cb_";
    private static final String CHALLENGE_HEADER = "WWW-Authenticate";
    private static final int UNAUTHORIZED = 401;
    private static final int UNAVAILABLE = 503;
    /** Until the provider is tried again. */
    private static final String RETRY_AFTER_SECONDS = "10";

    private final Access access;
    private final Tokens tokens;
    private final Counter missing;
    private final Counter wrong;
    private final LogLimit logged = new LogLimit();

    ApiKeyMechanism(Access access, Tokens tokens, MeterRegistry registry) {
        this.access = access;
        this.tokens = tokens;
        this.missing = counter(registry, "missing");
        this.wrong = counter(registry, "wrong");
    }

    private static Counter counter(MeterRegistry registry, String reason) {
        return Counter.builder("claudebench.security.refusals")
                .description("Requests without valid credentials, by what was wrong with them")
                .tag("reason", reason)
                .register(registry);
    }

    /** Before that of OpenID Connect, which would send another challenge. */
    @Override
    public int getPriority() {
        return DEFAULT_PRIORITY + 10;
    }

    @Override
    public Set<Class<? extends AuthenticationRequest>> getCredentialTypes() {
        return Set.of(ApiKeyRequest.class);
    }

    /** Any other kind of credentials is wrong too, unless there are tokens. */
    @Override
    public Uni<SecurityIdentity> authenticate(RoutingContext context, IdentityProviderManager identityProviders) {
        String header = context.request().getHeader(HttpHeaders.AUTHORIZATION);
        if (header == null) {
            return Uni.createFrom().nullItem();
        }
        boolean isBearer = header.regionMatches(true, 0, SCHEME, 0, SCHEME.length());
        String credential = isBearer ? header.substring(SCHEME.length()).strip() : "";
        if (access.hasTokens() && !credential.startsWith(KEY_PREFIX)) {
            return tokens.authenticate(context, identityProviders)
                    .onFailure()
                    // It has registered itself as the one to send the challenge.
                    .invoke(refused -> context.put(HttpAuthenticationMechanism.class.getName(), this));
        }
        return identityProviders.authenticate(new ApiKeyRequest(credential));
    }

    @Override
    public Uni<ChallengeData> getChallenge(RoutingContext context) {
        return Uni.createFrom().item(new ChallengeData(UNAUTHORIZED, CHALLENGE_HEADER, SCHEME.strip()));
    }

    @Override
    public Uni<Boolean> sendChallenge(RoutingContext context) {
        if (Tokens.areUnverifiable(context)) {
            context.response()
                    .setStatusCode(UNAVAILABLE)
                    .putHeader(HttpHeaders.RETRY_AFTER, RETRY_AFTER_SECONDS)
                    .putHeader(HttpHeaders.CONTENT_TYPE, MediaType.APPLICATION_JSON)
                    .end(HttpError.body("tokens cannot be verified now: their provider is not reached"));
        } else {
            refuse(context);
        }
        return Uni.createFrom().item(true);
    }

    private void refuse(RoutingContext context) {
        boolean isMissing = !context.request().headers().contains(HttpHeaders.AUTHORIZATION);
        (isMissing ? missing : wrong).increment();
        String address = String.valueOf(context.request().remoteAddress().hostAddress());
        if (!isMissing && logged.admits(address)) {
            LOG.warnf("credentials refused: address=%s path=%s", address, Json.text(context.normalizedPath()));
        }
        String wanted = access.hasTokens() ? "an API key or a token" : "an API key";
        String advice = isMissing ? "send Authorization: Bearer with " + wanted : "the credentials are not valid";
        Failure failure = new Failure.Unauthenticated(access.needsCredentials()
                ? advice
                : "no credentials are configured here: leave Authorization out");
        context.response()
                .setStatusCode(UNAUTHORIZED)
                .putHeader(CHALLENGE_HEADER, SCHEME.strip())
                .putHeader(HttpHeaders.CONTENT_TYPE, MediaType.APPLICATION_JSON)
                // Only there the code of the error is that of JSON-RPC.
                .end(RpcResource.isAt(context.normalizedPath())
                        ? Json.text(RpcError.of("null", failure))
                        : HttpError.body(failure.text()));
    }
}
