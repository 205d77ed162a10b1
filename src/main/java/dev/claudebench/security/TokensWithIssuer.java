package dev.claudebench.security;

import jakarta.annotation.Priority;

import org.jspecify.annotations.Nullable;

import io.smallrye.config.ConfigSourceInterceptor;
import io.smallrye.config.ConfigSourceInterceptorContext;
import io.smallrye.config.ConfigValue;
import io.smallrye.config.Priorities;

/** Turns OpenID Connect off while no issuer is configured, without which Quarkus would not start. */
@Priority(Priorities.APPLICATION)
public final class TokensWithIssuer implements ConfigSourceInterceptor {
    private static final String ENABLED = "quarkus.oidc.tenant-enabled";
    private static final String ISSUER = "quarkus.oidc.auth-server-url";
    private static final long serialVersionUID = 1;

    @Override
    public @Nullable ConfigValue getValue(ConfigSourceInterceptorContext context, String name) {
        ConfigValue value = context.proceed(name);
        if (!name.equals(ENABLED) || context.proceed(ISSUER) != null) {
            return value;
        }
        return ConfigValue.builder().withName(ENABLED).withValue("false").build();
    }
}
