package dev.claudebench.redis;

import java.util.regex.Pattern;

import jakarta.enterprise.context.ApplicationScoped;

import org.eclipse.microprofile.config.inject.ConfigProperty;

import io.quarkus.runtime.Startup;
import io.quarkus.runtime.configuration.ConfigurationException;

/**
 * The key names that Java has to know; all others are built in {@code lua/step/keys.lua}. It is made at start-up, so that a prefix that
 * cannot work is refused then.
 */
@ApplicationScoped
@Startup
public class Keys {
    /** The hash tag of a Redis Cluster: what is between the first opening brace and the next closing one. */
    private static final Pattern HASH_TAG = Pattern.compile("^[^{]*\\{[^}]+}");

    private final String prefix;

    Keys(RedisConfig config,
            @ConfigProperty(name = "quarkus.redis.client-type", defaultValue = "standalone") String clientType) {
        this.prefix = config.keyPrefix();
        if (clientType.equalsIgnoreCase("cluster") && !HASH_TAG.matcher(prefix).find()) {
            throw new ConfigurationException("claudebench.redis.key-prefix is '" + prefix
                    + "', but a script changes many keys at once and a Redis Cluster allows that only within one slot: set a"
                    + " prefix with a hash tag, such as claudebench.redis.key-prefix={cb}:");
        }
    }

    /** What every key begins with: the one key that scripts declare. */
    public String prefix() {
        return prefix;
    }

    /** The stream of events. */
    public String events() {
        return prefix + "stream:events";
    }
}
