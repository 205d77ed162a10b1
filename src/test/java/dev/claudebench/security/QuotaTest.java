package dev.claudebench.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import com.fasterxml.jackson.databind.JsonNode;

import dev.claudebench.method.Permission;
import dev.claudebench.support.FleetTest;
import dev.claudebench.support.Rpc;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;

/** What the fleet and each principal may store, and how many tasks a principal may have in progress. */
@QuarkusTest
@TestProfile(QuotaTest.SmallQuotas.class)
class QuotaTest extends FleetTest {
    private static final int BYTES = 4000;

    public static class SmallQuotas implements QuarkusTestProfile {
        @Override
        public Map<String, String> getConfigOverrides() {
            Map<String, String> settings = new HashMap<>(Map.of("claudebench.quota.instances", "5",
                    "claudebench.quota.principal-instances", "3", "claudebench.quota.tasks", "6",
                    "claudebench.quota.principal-tasks", "4", "claudebench.quota.bytes", "15000",
                    "claudebench.quota.principal-bytes", "10000", "claudebench.quota.principal-claims", "2",
                    "claudebench.rate-limit.\"system.register\".limit", "0", "claudebench.metrics.refresh", "0.1s"));
            int number = 0;
            for (String name : List.of("alice", "bob", "carol")) {
                settings.put("claudebench.security.keys[" + number++ + "]",
                        ApiKey.entry(Keys.key(name), Permission.LEAD));
            }
            settings.put("claudebench.security.keys[" + number + "]",
                    ApiKey.entry(Keys.key("admin"), Permission.ADMIN));
            return settings;
        }
    }

    private Rpc alice;
    private Rpc bob;
    private Rpc carol;

    @BeforeEach
    void principals() {
        alice = rpc().as(Keys.key("alice"));
        bob = rpc().as(Keys.key("bob"));
        carol = rpc().as(Keys.key("carol"));
    }

    private static Rpc.Call registration(Rpc of, String id) {
        return of.call("system.register").with("id", id).with("roles", List.of("worker"));
    }

    private static Rpc.Call creation(Rpc of) {
        return of.call("task.create").with("text", "t");
    }

    private static Rpc.Call large(Rpc of) {
        return of.call("task.create").with("text", "x".repeat(BYTES));
    }

    private static String create(Rpc of) {
        return creation(of).result().get("id").asText();
    }

    private static JsonNode claim(Rpc of, String worker, int most) {
        return of.call("task.claim").with("workerId", worker).with("maxTasks", most).result().get("tasks");
    }

    private static void complete(Rpc of, JsonNode task) {
        of.call("task.complete").with("taskId", task.get("id")).with("claim", task.get("claim")).result();
    }

    private Map<String, String> usage() {
        return redis.hash(String.class).hgetall("cb:quota:usage");
    }

    @Test
    void instancesOfAPrincipal() {
        for (String id : List.of("a1", "a2", "a3")) {
            registered(registration(alice, id));
        }
        assertThat(registration(alice, "a4").refusal()).isEqualTo("quota_instances");
        assertThat(keys()).as("nothing is left of it").noneMatch(key -> key.endsWith(":a4"));
        assertThat(registered(registration(alice, "a3"))).as("a renewal").isTrue();
        assertThat(registered(registration(bob, "b1"))).as("another principal").isTrue();

        alice.call("system.unregister").with("instanceId", "a1").result();
        assertThat(registered(registration(alice, "a4"))).isTrue();
        lapse("a2");
        assertThat(registered(registration(alice, "a5"))).as("once one has died").isTrue();
    }

    @Test
    void instancesOfTheFleet() {
        for (Rpc principal : List.of(alice, bob)) {
            for (int i = 0; i < 2; i++) {
                registered(registration(principal, "i" + principal.hashCode() + i));
            }
        }
        registered(registration(carol, "c1"));
        assertThat(registration(carol, "c2").refusal()).isEqualTo("quota_instances");
        assertThat(registered(registration(carol, "c1"))).as("a renewal").isTrue();
    }

    @Test
    void openTasksOfAPrincipal() {
        String first = create(alice);
        for (int i = 0; i < 3; i++) {
            create(alice);
        }
        assertThat(creation(alice).refusal()).isEqualTo("quota_tasks");
        create(bob);

        alice.call("task.cancel").with("taskId", first).result();
        create(alice);
        JsonNode refused = bob.call("task.retry").with("taskId", first).error(-32602);
        assertThat(refused.get("data")).hasToString("{\"reason\":\"quota_tasks\",\"status\":\"cancelled\"}");
        assertThat(statusOf(first)).isEqualTo("cancelled");

        registered(registration(bob, "b1"));
        claim(bob, "b1", 1).forEach(task -> complete(bob, task));
        alice.call("task.retry").with("taskId", first).result();
        assertThat(creation(alice).refusal()).as("the retried one counts").isEqualTo("quota_tasks");
    }

    @Test
    void openTasksOfTheFleet() {
        for (int i = 0; i < 3; i++) {
            create(alice);
            create(bob);
        }
        assertThat(creation(carol).refusal()).isEqualTo("quota_tasks");
        assertThat(number("ZCARD", "cb:tasks:all")).isEqualTo(6);
    }

    @Test
    void acceptedTaskIsReturnedForItsKeyWhateverTheQuota() {
        Rpc.Call keyed = creation(alice).with("idempotencyKey", "k");
        JsonNode first = keyed.result();
        for (int i = 0; i < 3; i++) {
            create(alice);
        }
        assertThat(keyed.result().get("id")).isEqualTo(first.get("id"));
    }

    @Test
    void bytesOfAPrincipal() {
        large(alice).result();
        JsonNode second = large(alice).result();
        assertThat(large(alice).refusal()).isEqualTo("quota_bytes");
        assertThat(alice.call("task.create")
                .with("text", "t")
                .with("metadata", Map.of("m", "x".repeat(BYTES)))
                .refusal()).as("metadata").isEqualTo("quota_bytes");
        assertThat(registration(alice, "a1").with("metadata", Map.of("m", "x".repeat(BYTES))).refusal())
                .as("metadata of an instance")
                .isEqualTo("quota_bytes");
        create(alice);
        large(bob).result();

        alice.call("task.cancel").with("taskId", second.get("id")).result();
        registered(registration(alice, "a1").with("metadata", Map.of("m", "x".repeat(BYTES))));
        assertThat(large(alice).refusal()).as("the instance counts").isEqualTo("quota_bytes");
        assertThat(registered(registration(alice, "a1"))).as("a renewal without metadata").isTrue();
        large(alice).result();
        assertThat(registered(registration(alice, "a1").with("metadata", Map.of("m", "x".repeat(BYTES)))))
                .as("renewals always work")
                .isTrue();
    }

    @Test
    void bytesOfTheFleet() {
        large(alice).result();
        large(bob).result();
        large(carol).result();
        assertThat(large(carol).refusal()).isEqualTo("quota_bytes");
        create(carol);
    }

    @Test
    void claimsOfAPrincipal() {
        for (int i = 0; i < 4; i++) {
            create(bob);
        }
        registered(registration(alice, "a1"));
        registered(registration(alice, "a2"));
        registered(registration(carol, "c1"));

        JsonNode claimed = claim(alice, "a1", 3);
        assertThat(claimed).hasSize(2);
        Rpc.Call more = alice.call("task.claim").with("workerId", "a2");
        assertThat(more.refusal()).isEqualTo("quota_claims");
        assertThat(more.with("waitMs", 5000).refusal()).as("at once").isEqualTo("quota_claims");
        assertThat(claim(carol, "c1", 1)).as("another principal").hasSize(1);
        assertThat(alice.call("task.claim").with("workerId", "a1").with("resume", true).result().get("tasks"))
                .as("what it has")
                .hasSize(2);

        JsonNode resumed = alice.call("task.claim").with("workerId", "a1").with("resume", true).result().get("tasks");
        complete(alice, resumed.get(0));
        assertThat(claim(alice, "a2", 3)).hasSize(1);
    }

    /** Each claim ends in another way, and each time the principal may claim again. */
    @Test
    void nothingIsCountedOnceAllIsOver() {
        registered(registration(bob, "b1"));
        create(alice);
        JsonNode failed = claim(bob, "b1", 1).get(0);
        bob.call("task.complete")
                .with("taskId", failed.get("id"))
                .with("claim", failed.get("claim"))
                .with("error", "broke")
                .result();
        endBackoff(failed.get("id").asText());
        JsonNode released = claim(bob, "b1", 1).get(0);
        bob.call("task.release").with("taskId", released.get("id")).with("claim", released.get("claim")).result();
        claim(bob, "b1", 1);
        assertThat(usage()).containsEntry("claims:bob", "1").containsEntry("tasks:alice", "1");
        lapse("b1");
        alice.call("system.check_health").result();
        assertThat(usage()).doesNotContainKeys("claims:bob", "instances:bob", "bytes:bob");
        endBackoff(failed.get("id").asText());
        registered(registration(bob, "b1"));
        claim(bob, "b1", 1);
        bob.call("task.cancel").with("taskId", failed.get("id")).result();
        bob.call("task.retry").with("taskId", failed.get("id")).result();
        complete(bob, claim(bob, "b1", 1).get(0));
        bob.call("system.unregister").with("instanceId", "b1").result();

        assertThat(usage()).isEmpty();
    }

    @Test
    void usageLimitsAndRefusalsAreMetrics() {
        create(alice);
        create(bob);
        registered(registration(carol, "c1"));
        for (int i = 0; i < 4; i++) {
            creation(alice).response();
        }
        await().untilAsserted(() -> assertThat(alice.http().get("/q/metrics").asString())
                .contains("claudebench_quota_usage{bench=\"default\",resource=\"tasks\"} 5.0",
                        "claudebench_quota_usage{bench=\"default\",resource=\"instances\"} 1.0",
                        "claudebench_quota_limit{resource=\"tasks\"} 6.0",
                        "claudebench_quota_limit{resource=\"bytes\"} 15000.0")
                .containsPattern(
                        "claudebench_rpc_refusals_total\\{method=\"task.create\",reason=\"quota_tasks\"} [1-9]"));
    }

    @Test
    void repairCountsTheFleetAnew() {
        create(alice);
        redis.hash(String.class).hset("cb:quota:usage", Map.of("tasks", "77", "instances", "77"));
        rpc().as(Keys.key("admin")).call("system.repair").pages();
        assertThat(usage()).containsEntry("tasks", "1").containsEntry("instances", "0");
    }
}
