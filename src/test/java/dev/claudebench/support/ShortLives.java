package dev.claudebench.support;

import java.util.Map;

import io.quarkus.test.junit.QuarkusTestProfile;

/** Instances that live for two seconds, so that a test can see them die. */
public class ShortLives implements QuarkusTestProfile {
    @Override
    public Map<String, String> getConfigOverrides() {
        return Map.of("claudebench.instance.ttl", "2s");
    }
}
