package dev.claudebench.security;

import java.util.regex.Pattern;

import jakarta.annotation.Priority;

import org.jspecify.annotations.Nullable;

import io.quarkus.runtime.configuration.ConfigurationException;
import io.smallrye.config.ConfigSourceInterceptor;
import io.smallrye.config.ConfigSourceInterceptorContext;
import io.smallrye.config.ConfigValue;
import io.smallrye.config.Priorities;

/** Rejects an address of the OpenID provider that is none, before Quarkus reads it. Fault test: StartErrorsIT. */
@Priority(Priorities.APPLICATION)
public final class ProviderCheck implements ConfigSourceInterceptor {
    private static final String SETTING = "quarkus.oidc.auth-server-url";
    private static final Pattern URL = Pattern.compile("(?i)https?://[^/\\s]+(/\\S*)?");
    private static final long serialVersionUID = 1;

    @Override
    public @Nullable ConfigValue getValue(ConfigSourceInterceptorContext context, String name) {
        ConfigValue value = context.proceed(name);
        if (name.equals(SETTING) && value != null && value.getValue() != null && !value.getValue().isBlank()
                && !URL.matcher(value.getValue().strip()).matches()) {
            throw new ConfigurationException(
                    SETTING + " must be the http:// or https:// address of the OpenID provider");
        }
        return value;
    }
}
