package dev.claudebench.security;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import com.fasterxml.jackson.databind.JsonNode;

import dev.claudebench.support.FleetTest;
import dev.claudebench.support.Rpc;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;

/** An instance belongs to the principal that registered it, whatever session another guesses. */
@QuarkusTest
@TestProfile(Keys.class)
class OwnershipTest extends FleetTest {
    private static final String SESSION = "s1";

    private Rpc alice;
    private Rpc bob;
    private Rpc lead;

    @BeforeEach
    void aliceLeadsAndWorks() {
        alice = rpc().as(Keys.ALICE);
        bob = rpc().as(Keys.BOB);
        lead = rpc().as(Keys.key("lead"));
        assertThat(registered(registration(alice))).isTrue();
    }

    private static Rpc.Call registration(Rpc of) {
        return of.call("system.register").with("id", "w1").with("roles", List.of("worker")).with("sessionId", SESSION);
    }

    private static Rpc.Call heartbeat(Rpc of) {
        return of.call("system.heartbeat").with("instanceId", "w1").with("sessionId", SESSION);
    }

    @ParameterizedTest
    @CsvSource({"system.heartbeat,instanceId", "system.unregister,instanceId", "system.resign,instanceId",
            "task.claim,workerId"})
    void anotherPrincipalWithTheRightSessionIsRefused(String method, String param) {
        lead.call("task.create").with("text", "t").result();
        Map<String, String> before = redis.hash(String.class).hgetall("cb:instance:w1");

        assertForbidden(bob.call(method).with(param, "w1").with("sessionId", SESSION));

        assertThat(redis.hash(String.class).hgetall("cb:instance:w1")).isEqualTo(before);
        assertThat(number("ZCARD", "cb:tasks:in_progress")).isZero();
        alice.call(method).with(param, "w1").with("sessionId", SESSION).result();
    }

    @Test
    void anotherPrincipalCannotRegisterALiveInstance() {
        assertForbidden(registration(bob));
        assertThat(registered(registration(alice))).isTrue();
        assertThat(text("HGET", "cb:instance:w1", "owner")).isEqualTo("alice");
    }

    @Test
    void anExpiredInstanceBelongsToWhoRegistersItNext() {
        lapse("w1");
        assertThat(registered(registration(bob))).isTrue();
        assertForbidden(heartbeat(alice));
        assertThat(text("HGET", "cb:instance:w1", "owner")).isEqualTo("bob");
    }

    @ParameterizedTest
    @ValueSource(strings = {"task.complete", "task.progress", "task.release"})
    void anotherPrincipalCannotReportOnAClaim(String method) {
        JsonNode task = claimByAlice();

        assertForbidden(bob.call(method).with("taskId", task.get("id")).with("claim", task.get("claim")));
        assertForbidden(bob.call(method)
                .with("taskId", task.get("id"))
                .with("workerId", "w1")
                .with("sessionId", SESSION));

        assertThat(statusOf(task.get("id").asText())).isEqualTo("in_progress");
        alice.call(method).with("taskId", task.get("id")).with("claim", task.get("claim")).result();
    }

    @Test
    void anotherPrincipalThatRepeatsAReportIsNotAnswered() {
        JsonNode task = claimByAlice();
        Rpc.Call report = alice.call("task.complete").with("taskId", task.get("id")).with("claim", task.get("claim"));
        JsonNode answer = report.result();

        assertThat(report.result()).isEqualTo(answer);
        assertThat(bob.call("task.complete")
                .with("taskId", task.get("id"))
                .with("claim", task.get("claim"))
                .response()
                .has("error")).isTrue();
    }

    @Test
    void adminsActForAllAndLeaveTheOwner() {
        Rpc admin = rpc().as(Keys.key("admin"));
        JsonNode task = claimByAlice();

        assertThat(registered(registration(admin))).isTrue();
        assertThat(heartbeat(admin).result().get("alive").booleanValue()).isTrue();
        admin.call("task.complete").with("taskId", task.get("id")).with("claim", task.get("claim")).result();

        assertThat(text("HGET", "cb:instance:w1", "owner")).isEqualTo("alice");
        assertThat(heartbeat(alice).result().get("alive").booleanValue()).isTrue();
    }

    @Test
    void idempotencyKeysBelongToTheirPrincipal() {
        Rpc admin = rpc().as(Keys.key("admin"));
        Rpc.Call create = lead.call("task.create").with("text", "mine").with("idempotencyKey", "k");
        String first = create.result().get("id").asText();

        JsonNode other = admin.call("task.create").with("text", "theirs").with("idempotencyKey", "k").result();

        assertThat(other.get("text").asText()).isEqualTo("theirs");
        assertThat(create.result().get("id").asText()).isEqualTo(first);
    }

    @Test
    void resultsNameOwnersAndCreators() {
        JsonNode task = lead.call("task.create").with("text", "t").result();
        assertThat(task.get("createdBy").asText()).isEqualTo("lead");
        assertThat(lead.call("system.list_instances").result().at("/instances/0/owner").asText()).isEqualTo("alice");
        assertThat(lead.call("system.get_state").result().at("/instances/0/owner").asText()).isEqualTo("alice");
    }

    @Test
    void eventsNameThePrincipalThatCausedThem() {
        JsonNode task = claimByAlice();
        alice.call("task.complete").with("taskId", task.get("id")).with("claim", task.get("claim")).result();
        String cancelled = lead.call("task.create").with("text", "t").result().get("id").asText();
        lead.call("task.cancel").with("taskId", cancelled).result();

        assertThat(by("instance.registered")).containsExactly("alice");
        assertThat(by("task.created")).containsExactly("lead", "lead");
        assertThat(by("task.claimed")).containsExactly("alice");
        assertThat(by("task.completed")).containsExactly("alice");
        assertThat(by("task.cancelled")).containsExactly("lead");
    }

    @Test
    void nobodyHasCausedAnExpiry() {
        lapse("w1");
        registered(bob.call("system.register").with("id", "w2").with("roles", List.of()));
        assertThat(events("instance.expired")).hasSize(1).noneMatch(event -> event.has("by"));
        assertThat(by("instance.registered")).containsExactly("alice", "bob");
    }

    private List<String> by(String type) {
        return events(type).stream().map(event -> event.path("by").asText()).toList();
    }

    private JsonNode claimByAlice() {
        lead.call("task.create").with("text", "t").result();
        return alice.call("task.claim").with("workerId", "w1").with("sessionId", SESSION).result().get("task");
    }

    private static void assertForbidden(Rpc.Call call) {
        assertThat(call.error(-32003)).hasToString(Rpc.json(
                "{'code':-32003,'message':'Forbidden: the instance belongs to another principal','data':{'owner':false}}"));
    }
}
