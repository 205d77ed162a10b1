package dev.claudebench.redis;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import dev.claudebench.support.ExternalRedis;
import dev.claudebench.support.RedisProcess;
import dev.claudebench.support.Rpc;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;

@QuarkusTest
@TestProfile(ScriptFlushTest.LimitedAndQuiet.class)
@QuarkusTestResource(value = ExternalRedis.class, restrictToAnnotatedClass = true)
class ScriptFlushTest {
    @TestHTTPResource
    URI service;

    @SuppressWarnings("NullAway.Init") // by ExternalRedis
    RedisProcess redis;

    private Rpc rpc;

    @BeforeEach
    void emptySystem() {
        redis.cli("FLUSHALL");
        rpc = new Rpc(service);
    }

    @Test
    void flushedScriptsAreLoadedAgain() {
        assertThat(register("w1")).isTrue();

        redis.cli("SCRIPT", "FLUSH");

        assertThat(register("w2")).isTrue();
        assertThat(redis.cli("ZRANGE", "cb:instances:active", "0", "-1")).isEqualTo("w1\nw2");
    }

    @Test
    void warmRegistrationIsOneScriptByItsName() {
        assertThat(register("w1")).isTrue();
        long bySha = redis.calls("evalsha");
        long bySource = redis.calls("eval");

        assertThat(register("w2")).isTrue();

        assertThat(redis.calls("evalsha") - bySha).as("admission included").isEqualTo(1);
        assertThat(redis.calls("eval")).isEqualTo(bySource);
    }

    @Test
    void sha1IsTheOneThatRedisComputes() {
        Script script = Script.named("system_register");

        assertThat(redis.cli("SCRIPT", "LOAD", script.source())).isEqualTo(script.sha1());
    }

    private boolean register(String id) {
        return rpc.call("system.register")
                .with("id", id)
                .with("roles", List.of("worker"))
                .result()
                .get("registered")
                .booleanValue();
    }

    /** Guards on, and nothing that runs scripts by itself. */
    public static final class LimitedAndQuiet implements QuarkusTestProfile {
        @Override
        public Map<String, String> getConfigOverrides() {
            return Map.of("claudebench.rate-limit.\"system.register\".limit", "1000", "claudebench.metrics.refresh",
                    "off");
        }
    }
}
