package dev.claudebench.security;

import java.util.HashMap;
import java.util.Map;

import dev.claudebench.method.Permission;
import io.quarkus.test.junit.QuarkusTestProfile;

/** A service with an API key for each permission, two for agents, and some with options. */
public class Keys implements QuarkusTestProfile {
    static final String ALICE = key("alice");
    static final String BOB = key("bob");
    static final String LIMITED = key("limited");
    static final String ELSEWHERE = key("elsewhere");

    /** Returns the key of this name. Its secret is not random, so that a failed test can be repeated. */
    static String key(String name) {
        return "cb_" + name + "_" + "0123456789abcdef".repeat(2);
    }

    @Override
    public Map<String, String> getConfigOverrides() {
        Map<String, String> settings = new HashMap<>();
        int number = 0;
        for (String permission : Permission.ALL) {
            settings.put(setting(number++), ApiKey.entry(key(permission), permission));
        }
        settings.put(setting(number++), ApiKey.entry(ALICE, Permission.AGENT));
        settings.put(setting(number++), ApiKey.entry(BOB, Permission.AGENT));
        settings.put(setting(number++), ApiKey.entry(LIMITED, Permission.AGENT) + " limit=system.register:2");
        settings.put(setting(number++), ApiKey.entry(ELSEWHERE, Permission.ADMIN) + " bench=other");
        return settings;
    }

    private static String setting(int number) {
        return "claudebench.security.keys[" + number + "]";
    }
}
