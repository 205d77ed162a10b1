package dev.claudebench.instance;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import dev.claudebench.support.FleetTest;
import dev.claudebench.support.Rpc;
import io.quarkus.test.junit.QuarkusTest;

@QuarkusTest
class HeartbeatTest extends FleetTest {

    private boolean heartbeat(String id) {
        return alive(rpc("system.heartbeat").with("instanceId", id));
    }

    private boolean heartbeat(String id, String sessionId) {
        return alive(rpc("system.heartbeat").with("instanceId", id).with("sessionId", sessionId));
    }

    private static boolean alive(Rpc.Call heartbeat) {
        return heartbeat.result().get("alive").booleanValue();
    }

    @Test
    void heartbeatRenewsTheRecordItsHealthItsDeadlineAndTheLease() {
        register("w1", "worker");
        long term = term();
        long version = version();
        long deadline = number("ZSCORE", "cb:instances:active", "w1");
        for (String key : new String[]{"cb:instance:w1", "cb:health:gossip:w1", "cb:leader:current"}) {
            redis.execute("PEXPIRE", key, "9000");
        }
        redis.execute("HSET", "cb:instance:w1", "lastSeen", "1");

        assertThat(heartbeat("w1")).isTrue();

        for (String key : new String[]{"cb:instance:w1", "cb:health:gossip:w1", "cb:leader:current"}) {
            assertThat(number("PTTL", key)).as(key).isGreaterThan(9000);
        }
        assertThat(number("HGET", "cb:instance:w1", "lastSeen")).isGreaterThan(1);
        assertThat(number("ZSCORE", "cb:instances:active", "w1")).isGreaterThan(deadline);
        assertThat(eventTypes()).as("no event when nothing has changed").hasSize(2);
        assertThat(version()).isEqualTo(version);
        assertThat(term()).isEqualTo(term);
    }

    @Test
    void heartbeatOfAnExpiredInstanceOrOfAnotherSessionIsRefused() {
        assertThat(heartbeat("nobody")).isFalse();
        assertThat(keys()).isEmpty();

        assertThat(register("w1", "worker", "s1")).isTrue();
        assertThat(heartbeat("w1", "s2")).isFalse();
        assertThat(heartbeat("w1")).isFalse();
        assertThat(heartbeat("w1", "s1")).isTrue();

        lapse("w1");
        assertThat(heartbeat("w1", "s1")).isFalse();
        assertThat(number("EXISTS", "cb:instance:w1")).isZero();
        assertThat(events("instance.expired")).hasSize(1);
        assertThat(text("ZSCORE", "cb:instances:active", "w1")).isEmpty();
    }

    @Test
    void heartbeatFillsAVacancy() {
        register("w1", "worker");
        register("w2", "worker");
        lapse("w1");
        long term = term();

        assertThat(heartbeat("w2")).isTrue();

        assertThat(text("GET", "cb:leader:current")).isEqualTo("w2");
        assertThat(term()).isGreaterThan(term);
        assertThat(eventTypes()).endsWith("instance.expired", "leader.elected");
    }

    @Test
    void heartbeatTopsAWorkerUpToItsFairShare() {
        register("w1", "worker");
        register("w2", "worker");
        createNumberedTasks(5);
        assertThat(heartbeat("w1")).isTrue();
        assertThat(tasksOf("w1")).containsExactly("t0", "t1", "t2");
        assertThat(heartbeat("w2")).isTrue();
        assertThat(tasksOf("w2")).containsExactly("t3", "t4");
        assertThat(number("HGET", "cb:metrics:global", "tasksAssigned")).isEqualTo(5);
    }
}
