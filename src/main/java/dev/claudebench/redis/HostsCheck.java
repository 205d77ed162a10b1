package dev.claudebench.redis;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import jakarta.annotation.Priority;

import org.jspecify.annotations.Nullable;

import io.quarkus.runtime.configuration.ConfigurationException;
import io.smallrye.config.ConfigSourceInterceptor;
import io.smallrye.config.ConfigSourceInterceptorContext;
import io.smallrye.config.ConfigValue;
import io.smallrye.config.Priorities;

/**
 * Rejects malformed Redis URLs before Quarkus reads them, which would print them with their passwords. By its priority it gets
 * values whose expressions are resolved, under names without a profile. Fault test: RedisSetupIT.
 */
@Priority(Priorities.APPLICATION)
public final class HostsCheck implements ConfigSourceInterceptor {
    private static final String HOSTS = "quarkus.redis.hosts";
    /** Also a single one, which can be set by the environment variable {@code QUARKUS_REDIS_HOSTS_0_}. */
    private static final Pattern NAME = Pattern.compile("quarkus\\.redis\\.hosts(\\[\\d+])?");
    private static final Pattern PATH = Pattern.compile("|/\\d*");
    private static final int NO_PORT = -1;
    private static final int MAX_PORT = 65_535;
    private static final long serialVersionUID = 1;

    @Override
    public @Nullable ConfigValue getValue(ConfigSourceInterceptorContext context, String name) {
        ConfigValue value = context.proceed(name);
        if (NAME.matcher(name).matches() && value != null && value.getValue() != null) {
            String[] hosts = value.getValue().split(",", -1);
            ConfigValue clientType = context.proceed("quarkus.redis.client-type");
            boolean isOne = clientType == null || "standalone".equalsIgnoreCase(clientType.getValue());
            if (isOne && Stream.of(hosts).filter(host -> !host.isBlank()).count() > 1) {
                throw new ConfigurationException(
                        HOSTS + " has several addresses: set quarkus.redis.client-type to cluster,"
                                + " sentinel or replication. A comma in a password must be percent-encoded as %2C");
            }
            for (String host : hosts) {
                if (!host.isBlank() && !isWellFormed(host.strip())) {
                    throw new ConfigurationException(HOSTS
                            + " is malformed (its value is not shown, since it may hold a"
                            + " password): each address must be redis://[[user]:password@]host[:port][/database], rediss://..."
                            + " or unix://path; a port is 1 to 65535; in user and password all but letters and digits must be percent-encoded,"
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
                case "redis", "rediss" -> uri.getHost() != null && isPort(uri.getPort())
                        && uri.getRawFragment() == null
                        && PATH.matcher(uri.getRawPath()).matches()
                        && !String.valueOf(uri.getRawQuery()).contains("@");
                case "unix" -> true;
                default -> false;
            };
        } catch (URISyntaxException e) {
            return false;
        }
    }

    private static boolean isPort(int port) {
        return port == NO_PORT || (port >= 1 && port <= MAX_PORT);
    }
}
