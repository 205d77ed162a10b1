package dev.claudebench.instance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import dev.claudebench.method.Json;
import dev.claudebench.support.FleetTest;
import io.quarkus.test.junit.QuarkusTest;
import io.vertx.mutiny.redis.client.Response;

@QuarkusTest
class RegisterTest extends FleetTest {

    @Test
    void registrationWritesEveryKeyWithItsTypeAndTimeToLive() {
        createTask("anything");
        register("w1", "worker,monitor");

        expectKey("cb:instance:w1", "hash", true);
        expectKey("cb:health:gossip:w1", "hash", true);
        expectKey("cb:leader:current", "string", true);
        expectKey("cb:leader:term", "string", false);
        expectKey("cb:leader:candidates", "zset", false);
        expectKey("cb:instances:active", "zset", false);
        expectKey("cb:instances:records", "hash", false);
        expectKey("cb:role:worker", "set", false);
        expectKey("cb:role:monitor", "set", false);
        expectKey("cb:queue:instance:w1", "zset", false);
        expectKey("cb:tasks:assigned", "zset", false);
        expectKey("cb:metrics:global", "hash", false);
        expectKey("cb:state:global", "hash", false);
        expectKey("cb:stream:events", "stream", false);
        assertThat(redis.key().keys("*")).allMatch(key -> key.startsWith("cb:"));
    }

    @Test
    void instanceWhoseIndexesWereDeletedStillHoldsItsTasks() {
        createTask("first");
        createTask("second");
        register("w1", "worker");
        redis.execute("ZREM", "cb:instances:active", "w1");
        redis.execute("SREM", "cb:role:worker", "w1");

        register("w1", "worker");

        assertThat(tasksOf("w1")).containsExactly("first", "second");
        assertThat(number("SISMEMBER", "cb:role:worker", "w1")).isEqualTo(1);
    }

    private void expectKey(String key, String type, boolean expires) {
        assertThat(text("TYPE", key)).as(key).isEqualTo(type);
        long ttl = number("PTTL", key);
        if (expires) {
            assertThat(ttl).as("time to live of " + key).isPositive().isLessThanOrEqualTo(30_000);
        } else {
            assertThat(ttl).as("time to live of " + key).isEqualTo(-1);
        }
    }

    @Test
    void recordHoldsWhatWasRegistered() {
        rpc("system.register").with("id", "w1")
                .with("roles", List.of("worker", "monitor", "worker"))
                .with("sessionId", "s1")
                .with("metadata", Json.read("{\"cpu\":1.0,\"tags\":[]}"))
                .with("capacity", 7)
                .result();

        Map<String, String> record = redis.hash(String.class).hgetall("cb:instance:w1");
        assertThat(record).containsEntry("id", "w1")
                .containsEntry("roles", "[\"worker\",\"monitor\"]")
                .containsEntry("sessionId", "s1")
                .containsEntry("metadata", "{\"cpu\":1.0,\"tags\":[]}")
                .containsEntry("capacity", "7")
                .containsEntry("status", "active")
                .containsEntry("health", "healthy")
                .containsOnlyKeys("id", "roles", "sessionId", "metadata", "status", "health", "registeredAt",
                        "lastSeen", "capacity", "owner");
        assertThat(record.get("registeredAt")).matches("\\d{13}").isEqualTo(record.get("lastSeen"));
        assertThat(redis.hash(String.class).hgetall("cb:health:gossip:w1"))
                .isEqualTo(Map.of("status", "healthy", "lastSeen", String.valueOf(record.get("lastSeen"))));
        assertThat(number("ZSCORE", "cb:instances:active", "w1"))
                .isEqualTo(Long.parseLong(String.valueOf(record.get("lastSeen"))) + 30_000);
    }

    @Test
    void firstRegistrationLeadsAndItsEventsAreInTheStream() {
        register("w1", "");
        register("w2", "worker");

        assertThat(text("GET", "cb:leader:current")).isEqualTo("w1");
        assertThat(eventTypes()).containsExactly("instance.registered", "leader.elected", "instance.registered");
        JsonNode first = events("instance.registered").get(0);
        assertThat(first.get("id").asText()).isEqualTo("w1");
        assertThat(first.get("roles")).hasToString("[]");
        assertThat(first.get("becameLeader").booleanValue()).isTrue();
        assertThat(first.get("timestamp").isIntegralNumber()).isTrue();
        JsonNode second = events("instance.registered").get(1);
        assertThat(second.get("roles")).hasToString("[\"worker\"]");
        assertThat(second.get("becameLeader").booleanValue()).isFalse();
        assertThat(events("leader.elected")).singleElement()
                .satisfies(elected -> assertThat(elected.get("term").longValue()).isEqualTo(term()));
    }

    @Test
    void fiftyFirstRegistrationsAtOnceElectOneLeader() {
        List<CompletableFuture<JsonNode>> calls = IntStream.range(0, 50)
                .mapToObj(i -> rpc("system.register").with("id", "w" + i)
                        .with("roles", List.of("worker"))
                        .responseLater())
                .toList();
        assertThat(calls).allSatisfy(call -> assertThat(call.join().at("/result/registered").booleanValue()).isTrue());

        assertThat(events("leader.elected")).hasSize(1);
        assertThat(events("instance.registered")).hasSize(50)
                .filteredOn(event -> event.get("becameLeader").booleanValue())
                .singleElement()
                .satisfies(event -> assertThat(event.get("id").asText()).isEqualTo(text("GET", "cb:leader:current")));
    }

    @Test
    void sameSessionRenewsItsRegistration() {
        assertThat(register("w1", "worker,monitor", "s1")).isTrue();
        String registeredAt = text("HGET", "cb:instance:w1", "registeredAt");
        long term = term();
        redis.execute("PEXPIRE", "cb:instance:w1", "9000");
        redis.execute("PEXPIRE", "cb:leader:current", "9000");

        rpc("system.register").with("id", "w1")
                .with("roles", List.of("worker"))
                .with("sessionId", "s1")
                .with("metadata", Map.of("a", 1))
                .result();

        assertThat(text("HGET", "cb:instance:w1", "registeredAt")).isEqualTo(registeredAt);
        assertThat(text("HGET", "cb:instance:w1", "roles")).isEqualTo("[\"worker\"]");
        assertThat(text("HGET", "cb:instance:w1", "metadata")).isEqualTo("{\"a\":1}");
        assertThat(number("PTTL", "cb:instance:w1")).isGreaterThan(9000);
        assertThat(number("PTTL", "cb:leader:current")).isGreaterThan(9000);
        assertThat(number("SISMEMBER", "cb:role:monitor", "w1")).isZero();
        assertThat(eventTypes()).containsExactly("instance.registered", "leader.elected", "instance.registered");
        assertThat(term()).isEqualTo(term);
    }

    @Test
    void renewalKeepsTasksExceptUnclaimedOnesThatItsNewRolesForbid() {
        createTask("for anyone");
        createTask("for gpus", 50, "gpu");
        register("w1", "worker,gpu");
        assertThat(tasksOf("w1")).containsExactly("for anyone", "for gpus");

        register("w1", "worker");
        assertThat(tasksOf("w1")).containsExactly("for anyone");
        assertThat(number("ZCARD", "cb:queue:tasks:pending:gpu")).isEqualTo(1);

        register("w1", "monitor");
        assertThat(tasksOf("w1")).isEmpty();
        assertThat(number("ZCARD", "cb:queue:tasks:pending")).isEqualTo(2);
    }

    @Test
    void liveInstanceOfAnotherSessionIsNotChanged() {
        assertThat(register("w1", "worker", "s1")).isTrue();
        Map<String, String> before = dump();

        assertThat(register("w1", "monitor", "s2")).isFalse();
        assertThat(registered(rpc("system.register").with("id", "w1").with("roles", List.of("monitor")))).isFalse();

        assertThat(dump()).isEqualTo(before);
    }

    @Test
    void anonymousInstanceIsHeldAgainstASessionButNotAgainstItself() {
        register("w1", "worker");
        assertThat(register("w1", "worker", "s1")).isFalse();
        register("w1", "worker");
        assertThat(events("instance.registered")).hasSize(2);
    }

    /** Every key with its serialised value, which is the same as long as nothing is written. */
    private Map<String, String> dump() {
        Map<String, String> values = new TreeMap<>();
        for (String key : redis.key().keys("*")) {
            Response dump = redis.execute("DUMP", key);
            values.put(key, Base64.getEncoder().encodeToString(dump.toBytes()));
        }
        return values;
    }

    @Test
    void stateVersionRisesWithEveryRegistrationAndTellsWhoLeads() {
        register("w1", "worker");
        long version = version();
        register("w2", "monitor");

        assertThat(version()).isGreaterThan(version);
        assertThat(Json.read(text("HGET", "cb:state:global", "data"))).isEqualTo(Json.read(
                "{\"leader\":\"w1\",\"term\":%d,\"instances\":2,\"workers\":1}".formatted(term())));
        assertThat(text("HGET", "cb:state:global", "timestamp")).matches("\\d{13}");
    }

    @Test
    void metricsCountTheFleet() {
        createTask("one");
        createTask("two", 50, "nobody-has-it");
        register("w1", "worker");
        register("m1", "monitor");

        assertThat(redis.hash(String.class).hgetall("cb:metrics:global")).containsEntry("instances", "2")
                .containsEntry("workers", "1")
                .containsEntry("registrations", "2")
                .containsEntry("elections", "1")
                .containsEntry("tasksCreated", "2")
                .containsEntry("tasksPending", "1")
                .containsEntry("tasksAssigned", "1");
    }

    @Test
    void onlyAnUnusualRegistrationIsALineOfTheLogAndNothingInItCanBreakThat() {
        List<String> lines = new CopyOnWriteArrayList<>();
        Handler collector = new Handler() {
            @Override
            public void publish(LogRecord line) {
                lines.add(new SimpleFormatter().formatMessage(line));
            }

            @Override
            public void flush() {}

            @Override
            public void close() {}
        };
        Logger logger = Logger.getLogger(RegisterMethod.class.getName());
        logger.addHandler(collector);
        try {
            register("w\u2028\u00e91", "worker");
            assertThat(register("w\u2028\u00e91", "worker", "another")).isFalse();
            // the line may be written after the answer
            await().until(() -> !lines.isEmpty());
            register("one of many", "worker");
        } finally {
            logger.removeHandler(collector);
        }
        assertThat(lines).singleElement().satisfies(line -> {
            assertThat(line).startsWith("registration {").matches("\\p{ASCII}*");
            ObjectNode fields = (ObjectNode) Json.read(line.substring("registration ".length()));
            assertThat(fields.remove("term").longValue()).isEqualTo(term());
            assertThat(fields.remove("version").longValue()).isPositive();
            assertThat(fields).isEqualTo(
                    Json.read(
                            """
                            {"bench":"default","instance":"w\u2028\u00e91","caller":"127.0.0.1","registered":false,"message":"held by another session","becameLeader":false,
                             "leader":"w\u2028\u00e91","tasksAssigned":0,"tasksHeld":0}"""));
        });
    }
}
