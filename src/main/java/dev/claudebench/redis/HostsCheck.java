package dev.claudebench.redis;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.regex.Pattern;

import jakarta.annotation.Priority;
import jakarta.interceptor.Interceptor;

import org.jspecify.annotations.Nullable;

import io.quarkus.runtime.configuration.ConfigurationException;
import io.smallrye.config.ConfigSourceInterceptor;
import io.smallrye.config.ConfigSourceInterceptorContext;
import io.smallrye.config.ConfigValue;

/** Rejects malformed Redis URLs before Quarkus reads them, which would print them with their passwords. */
@Priority(Interceptor.Priority.APPLICATION)
public final class HostsCheck implements ConfigSourceInterceptor {
    private static final String HOSTS = "quarkus.redis.hosts";
    private static final Pattern PATH = Pattern.compile("|/\\d*");
    private static final long serialVersionUID = 1;

    @Override
    public @Nullable ConfigValue getValue(ConfigSourceInterceptorContext context, String name) {
        ConfigValue value = context.proceed(name);
        if (name.equals(HOSTS) && value != null && value.getValue() != null) {
            for (String host : value.getValue().split(",", -1)) {
                if (!host.isBlank() && !isWellFormed(host.strip())) {
                    throw new ConfigurationException(HOSTS
                            + " is malformed (its value is not shown, since it may hold a"
                            + " password): each address must be redis://[[user]:password@]host[:port][/database], rediss://..."
                            + " or unix://path, and in user and password all but letters and digits must be percent-encoded,"
                            + " such as @ as %40, / as %2F and a comma as %2C");
                }
            }
        }
        return value;
    }

    private static boolean isWellFormed(String host) {
        try {
            URI uri = new URI(host);
            return switch (String.valueOf(uri.getScheme())) {
                case "redis", "rediss" -> uri.getHost() != null && uri.getRawFragment() == null
                        && PATH.matcher(uri.getRawPath()).matches()
                        && !String.valueOf(uri.getRawQuery()).contains("@");
                case "unix" -> true;
                default -> false;
            };
        } catch (URISyntaxException e) {
            return false;
        }
    }
}
