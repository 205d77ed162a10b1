package dev.claudebench.instance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.Map;

import org.junit.jupiter.api.Test;

import dev.claudebench.support.FleetTest;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;

/** Instances that expire while the test waits for it. */
@QuarkusTest
@TestProfile(ShortLifeTest.ShortLives.class)
class ShortLifeTest extends FleetTest {

    public static class ShortLives implements QuarkusTestProfile {
        @Override
        public Map<String, String> getConfigOverrides() {
            return Map.of("claudebench.instance.ttl", "3s");
        }
    }

    @Test
    void registeringAgainAfterExpiryIsARealRegistrationForAnySession() {
        assertThat(register("w1", "worker", "s1")).isTrue();
        String firstTime = text("HGET", "cb:instance:w1", "registeredAt");
        long term = term();
        await().pollInterval(Duration.ofMillis(20)).until(() -> {
            // without any call, the silence would pass for that of the coordinator
            rpc("system.metrics").result();
            return number("EXISTS", "cb:instance:w1") == 0;
        });

        assertThat(register("w1", "worker", "s2")).isTrue();

        assertThat(number("HGET", "cb:instance:w1", "registeredAt")).isGreaterThan(Long.parseLong(firstTime));
        assertThat(text("HGET", "cb:instance:w1", "sessionId")).isEqualTo("s2");
        assertThat(eventTypes()).containsExactly("instance.registered", "leader.elected", "instance.expired",
                "instance.registered", "leader.elected");
        assertThat(term()).isGreaterThan(term);
    }

    @Test
    void silenceOfHalfTheTimeToLiveIsShownAsDegradedAndTheDeadAreNotShown() {
        register("w1", "worker");
        assertThat(state().at("/instances/0/health").asText()).isEqualTo("healthy");
        await().pollInterval(Duration.ofMillis(20))
                .until(() -> state().at("/instances/0/health").asText().equals("degraded"));
        await().pollInterval(Duration.ofMillis(20)).until(() -> state().get("instances").isEmpty());
        assertThat(state().get("leader").isNull()).isTrue();
    }
}
