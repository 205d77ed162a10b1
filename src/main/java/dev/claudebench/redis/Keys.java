package dev.claudebench.redis;

import java.util.regex.Pattern;

import jakarta.enterprise.context.ApplicationScoped;

import org.eclipse.microprofile.config.inject.ConfigProperty;

import io.quarkus.runtime.Startup;
import io.quarkus.runtime.configuration.ConfigurationException;

/**
 * The key names that Java code uses; {@code lua/step/keys.lua} builds all others. Created at start-up, which fails for a prefix that
 * cannot work.
 */
@ApplicationScoped
@Startup
public class Keys {
    /** A hash tag of a Redis Cluster: the text between the first opening brace and the next closing one. */
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

    /** Returns the beginning of every key. Scripts declare it as their only key. */
    public String prefix() {
        return prefix;
    }

    /** Returns the key of the stream of events. */
    public String events() {
        return prefix + "stream:events";
    }
}
