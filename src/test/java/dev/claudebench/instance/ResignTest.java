package dev.claudebench.instance;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import dev.claudebench.support.FleetTest;
import io.quarkus.test.junit.QuarkusTest;

@QuarkusTest
class ResignTest extends FleetTest {

    private boolean resign(String id) {
        return rpc("system.resign").with("instanceId", id).result().get("resigned").booleanValue();
    }

    private String leader() {
        return text("GET", "cb:leader:current");
    }

    @Test
    void leadershipPassesOnAtOnceWithANewTerm() {
        register("w1", "worker");
        register("w2", "worker");
        long term = term();

        assertThat(resign("w1")).isTrue();

        assertThat(leader()).isEqualTo("w2");
        assertThat(term()).isGreaterThan(term);
        assertThat(eventTypes()).endsWith("leader.elected");
        assertThat(number("EXISTS", "cb:instance:w1")).as("it lives on").isEqualTo(1);
    }

    @Test
    void onlyTheLeadersSessionResignsAndOnlyToAnEligibleInstance() {
        assertThat(register("w1", "leader", "s1")).isTrue();
        assertThat(rpc("system.resign").with("instanceId", "w1")
                .with("sessionId", "s1")
                .result()
                .get("resigned")
                .booleanValue()).as("nobody else is there").isFalse();
        register("w2", "worker");
        assertThat(resign("w1")).as("another session").isFalse();
        assertThat(resign("w2")).as("does not lead").isFalse();
        assertThat(resign("nobody")).isFalse();
        assertThat(rpc("system.resign").with("instanceId", "w1")
                .with("sessionId", "s1")
                .result()
                .get("resigned")
                .booleanValue()).as("nobody else has the role leader").isFalse();
        assertThat(leader()).isEqualTo("w1");
    }

    @Test
    void leaderThatLosesTheRoleWhileAnotherHasItResignsByThat() {
        register("lead-1", "leader");
        register("lead-2", "leader");
        assertThat(leader()).isEqualTo("lead-1");

        register("lead-1", "worker");

        assertThat(leader()).isEqualTo("lead-2");
        assertThat(eventTypes()).endsWith("instance.registered", "leader.elected");
    }

    @Test
    void leaderThatLosesTheRoleThatNobodyElseHasLeadsOn() {
        register("lead-1", "leader");
        register("w2", "worker");
        register("lead-1", "worker");
        assertThat(leader()).isEqualTo("lead-1");
        assertThat(events("leader.elected")).hasSize(1);
    }
}
