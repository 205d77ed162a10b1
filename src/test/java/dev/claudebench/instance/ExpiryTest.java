package dev.claudebench.instance;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import com.fasterxml.jackson.databind.JsonNode;

import dev.claudebench.support.FleetTest;
import io.quarkus.test.junit.QuarkusTest;

@QuarkusTest
class ExpiryTest extends FleetTest {

    @Test
    void tasksOfAnExpiredInstanceGoToLiveOnesInTheirOldOrder() {
        createTask("second");
        createTask("first", 90);
        register("w1", "worker");
        createTask("third");
        assertThat(tasksOf("w1")).containsExactly("first", "second");
        lapse("w1");

        register("w2", "worker");

        assertThat(tasksOf("w2")).containsExactly("first", "second", "third");
        assertThat(number("EXISTS", "cb:queue:instance:w1")).isZero();
        assertThat(events("instance.expired")).singleElement().satisfies(event -> {
            assertThat(event.get("id").asText()).isEqualTo("w1");
            assertThat(event.get("tasksRequeued")).hasToString("2");
        });
        assertThat(number("HGET", "cb:metrics:global", "tasksAssigned")).isEqualTo(3);
        assertThat(number("HGET", "cb:metrics:global", "tasksPending")).isZero();
    }

    @Test
    void nothingIsLeftOfAnExpiredInstance() {
        register("w1", "worker,gpu");
        lapse("w1");
        register("m1", "monitor");

        assertThat(redis.key().keys("*")).noneMatch(key -> key.contains("w1"));
        assertThat(text("ZSCORE", "cb:instances:active", "w1")).isEmpty();
        assertThat(text("HGET", "cb:instances:records", "w1")).isEmpty();
        assertThat(text("ZSCORE", "cb:leader:candidates", "w1")).isEmpty();
        assertThat(number("EXISTS", "cb:role:worker")).isZero();
        assertThat(number("EXISTS", "cb:role:gpu")).isZero();
        assertThat(number("HGET", "cb:metrics:global", "instances")).isEqualTo(1);
    }

    @Test
    void vacancyGoesToTheRoleLeaderFirstThenToTheLongestRegistered() {
        register("old", "worker");
        register("z-second", "worker");
        register("a-third", "worker");
        register("chief", "leader");
        assertThat(text("GET", "cb:leader:current")).as("a leader is not replaced while it lives").isEqualTo("old");
        lapse("old");
        register("z-second", "worker");
        assertThat(text("GET", "cb:leader:current")).isEqualTo("chief");
        lapse("chief");
        register("a-third", "worker");
        assertThat(text("GET", "cb:leader:current")).isEqualTo("z-second");
        assertThat(events("leader.elected")).extracting(event -> event.get("id").asText())
                .containsExactly("old", "chief", "z-second");
        assertThat(events("leader.elected")).extracting(event -> event.get("term").longValue())
                .as("terms rise")
                .isSorted()
                .doesNotHaveDuplicates()
                .endsWith(term());
    }

    @Test
    void renewalThatTakesOverLeadershipSaysSo() {
        register("w1", "worker");
        register("w2", "worker");
        lapse("w1");
        register("w2", "worker");

        assertThat(eventTypes()).endsWith("instance.expired", "instance.registered", "leader.elected");
        assertThat(events("instance.registered").get(2).get("becameLeader").booleanValue()).isTrue();
        assertThat(text("GET", "cb:leader:current")).isEqualTo("w2");
    }

    @Test
    void newInstanceWithTheRoleLeaderComesBeforeTheLongestRegistered() {
        register("w1", "worker");
        register("w2", "worker");
        lapse("w1");
        register("chief", "leader");
        assertThat(text("GET", "cb:leader:current")).isEqualTo("chief");
    }

    @Test
    void vacancyIsFilledEvenByACallThatIsRefused() {
        register("w1", "worker");
        assertThat(register("w2", "worker", "s1")).isTrue();
        lapse("w1");
        long term = term();
        assertThat(register("w2", "worker", "s2")).isFalse();
        assertThat(text("GET", "cb:leader:current")).isEqualTo("w2");
        assertThat(term()).isGreaterThan(term);
    }

    @Test
    void newInstanceAmongHundredsOfExpiredOnesLeadsAndIsListed() {
        for (int i = 0; i < 250; i++) {
            String id = "dead" + i;
            redis.execute("ZADD", "cb:instances:active", "1", id);
            redis.execute("ZADD", "cb:leader:candidates", "1", id);
            redis.execute("HSET", "cb:instances:roles", id, "[\"leader\"]");
        }
        register("w1", "worker");

        assertThat(text("GET", "cb:leader:current")).isEqualTo("w1");
        JsonNode seen = rpc("system.get_state").with("limit", 2).result().get("instances");
        assertThat(seen).singleElement().satisfies(one -> assertThat(one.get("id").asText()).isEqualTo("w1"));
    }

    @Test
    void taskWhoseRecordIsDeletedIsDropped() {
        String pending = createTask("lost while pending", 90);
        createTask("kept");
        redis.execute("DEL", "cb:task:" + pending);
        register("w1", "worker");
        assertThat(tasksOf("w1")).containsExactly("kept");
        assertThat(number("EXISTS", "cb:task:" + pending)).as("no record is made again").isZero();

        String held = createTask("lost while held");
        register("w1", "worker");
        redis.execute("DEL", "cb:task:" + held);
        lapse("w1");
        register("w2", "worker");
        assertThat(tasksOf("w2")).containsExactly("kept");
        assertThat(number("HGET", "cb:metrics:global", "tasksAssigned")).isEqualTo(1);
        assertThat(number("HGET", "cb:metrics:global", "tasksPending")).isZero();
        assertThat(state().get("tasks")).hasSize(1);
    }

    @Test
    void versionGoesOnRisingWhenEveryInstanceHasExpired() {
        register("w1", "worker");
        register("w2", "worker");
        lapse("w1");
        lapse("w2");
        long version = version();
        register("w3", "worker");
        assertThat(version()).isGreaterThan(version);
    }

    @Test
    void sweepIsBoundedAndTheRestCanStillRegisterAgain() {
        String last = "w99";
        for (int i = 0; i < 150; i++) {
            assertThat(register("w" + i, "worker", "old")).isTrue();
        }
        for (int i = 0; i < 150; i++) {
            lapse("w" + i);
        }
        createTask("one");

        assertThat(register(last, "worker", "new")).isTrue();

        assertThat(events("instance.expired")).hasSize(101);
        assertThat(number("ZCARD", "cb:instances:active")).isEqualTo(50);
        assertThat(tasksOf(last)).containsExactly("one");
        register("m1", "monitor");
        assertThat(number("ZCARD", "cb:instances:active")).isEqualTo(2);
        assertThat(text("GET", "cb:leader:current")).isEqualTo(last);
    }
}
