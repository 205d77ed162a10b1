package dev.claudebench.redis;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.logging.Level;
import java.util.logging.Logger;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import com.fasterxml.jackson.databind.JsonNode;

import dev.claudebench.support.FleetTest;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import io.vertx.mutiny.redis.client.Response;

/** Somebody else has put something of another type under one of our keys. */
@QuarkusTest
@TestProfile(WrongTypeTest.BreakersThatStayClosed.class)
class WrongTypeTest extends FleetTest {
    private static final int INTERNAL_ERROR = -32603;
    private static final int REFUSED = -32602;
    /** Without these nothing can be written for anybody. */
    private static final Set<String> SHARED = Set.of("cb:instances:active", "cb:instances:roles", "cb:workers:load",
            "cb:workers:rolesets", "cb:leader:candidates", "cb:leader:current", "cb:leader:term",
            "cb:queue:tasks:pending", "cb:queue:tasks:sequence", "cb:tasks:rolesets", "cb:tasks:assigned",
            "cb:tasks:in_progress", "cb:tasks:completed", "cb:tasks:dead", "cb:metrics:global", "cb:state:global",
            "cb:stream:events");

    /** So that every call is tried. */
    public static class BreakersThatStayClosed implements QuarkusTestProfile {
        @Override
        public Map<String, String> getConfigOverrides() {
            return Map.of("claudebench.circuit-breaker.failures", "1000000");
        }
    }

    private final Logger errors = Logger.getLogger("dev.claudebench.rpc.Dispatcher");
    private final Level level = errors.getLevel();

    @BeforeEach
    void keepHundredsOfErrorsOutOfTheLog() {
        errors.setLevel(Level.OFF);
    }

    @AfterEach
    void logAgain() {
        errors.setLevel(level);
    }

    private record Call(String method, String params) {}

    /** A fleet in which every key of the README is there; gives the calls that would change it. */
    private List<Call> fleet() {
        redis.flushall();
        register("leader", "leader");
        register("w1", "worker,gpu");
        for (int i = 0; i < 4; i++) {
            createTask("t", 50, i % 2 == 0 ? "gpu" : "");
        }
        createTask("nobody", 50, "arm");
        rpc.result("task.create", "{'text':'keyed','idempotencyKey':'k1'}");
        register("w1", "worker,gpu");
        String done = rpc.result("task.claim", "{'workerId':'w1'}").get("taskId").asText();
        rpc.result("task.complete", "{'id':'" + done + "','workerId':'w1'}");
        String dead = rpc.result("task.claim", "{'workerId':'w1'}").get("taskId").asText();
        redis.execute("HSET", "cb:task:" + dead, "attempts", "2");
        rpc.result("task.complete", "{'id':'" + dead + "','workerId':'w1','error':'e','attempts':2}");
        String begun = rpc.result("task.claim", "{'workerId':'w1'}").get("taskId").asText();
        register("dying", "worker,specialist");
        createTask("t", 50, "");
        register("dying", "worker,specialist");
        lapse("dying");
        return List.of(new Call("system.register", "{'id':'new','roles':['worker','gpu']}"),
                new Call("system.register", "{'id':'w1','roles':['worker']}"),
                new Call("system.heartbeat", "{'instanceId':'w1'}"),
                new Call("system.unregister", "{'instanceId':'w1'}"),
                new Call("system.unregister", "{'instanceId':'dying'}"),
                new Call("system.check_health", "{}"),
                new Call("system.get_state", "{}"),
                new Call("system.metrics", "{}"),
                new Call("task.create", "{'text':'t','roles':['arm'],'idempotencyKey':'k1'}"),
                new Call("task.create", "{'text':'t','roles':['fpga']}"),
                new Call("task.claim", "{'workerId':'w1','maxTasks':5}"),
                new Call("task.complete", "{'id':'" + begun + "','workerId':'w1'}"),
                new Call("task.complete", "{'id':'" + begun + "','workerId':'w1','error':'e'}"),
                new Call("task.list", "{}"));
    }

    /** Puts the fleet aside, to be had again without building it. */
    private void keepFleet() {
        copyAll("0", "1");
    }

    private void restoreFleet() {
        copyAll("1", "0");
    }

    private void copyAll(String from, String to) {
        redis.execute("EVAL",
                """
                redis.call('SELECT', ARGV[2])
                redis.call('FLUSHDB')
                redis.call('SELECT', ARGV[1])
                for _, key in ipairs(redis.call('KEYS', '*')) do redis.call('COPY', key, key, 'DB', ARGV[2]) end
                """, "0", from, to);
    }

    /** Keys by what they hold; tasks and their ids differ from fleet to fleet. */
    private List<String> keys() {
        List<String> keys = new ArrayList<>(new TreeSet<>(redis.key().keys("cb:*")));
        keys.replaceAll(key -> key.startsWith("cb:task:") ? "cb:task:" : key);
        return keys.stream().distinct().toList();
    }

    private void replace(String key) {
        for (String one : redis.key().keys(key.equals("cb:task:") ? "cb:task:*" : key)) {
            String type = text("TYPE", one);
            redis.execute("DEL", one);
            if (type.equals("string")) {
                redis.execute("RPUSH", one, "intruder");
            } else {
                redis.execute("SET", one, "intruder");
            }
        }
    }

    private Map<String, String> snapshot() {
        Map<String, String> dumps = new TreeMap<>();
        for (String key : redis.key().keys("cb:*")) {
            Response dump = redis.execute("DUMP", key);
            dumps.put(key, dump == null ? "" : Arrays.toString(dump.toBytes()));
        }
        dumps.remove("cb:health:readiness");
        return dumps;
    }

    /** A fleet in which nothing is to be done, so that its calls look at little. */
    private List<Call> quietFleet() {
        redis.flushall();
        register("leader", "leader");
        register("w1", "worker,gpu");
        return List.of(new Call("system.register", "{'id':'new','roles':['worker','gpu']}"),
                new Call("system.register", "{'id':'w1','roles':['worker','gpu']}"),
                new Call("system.register", "{'id':'w1','roles':['worker']}"),
                new Call("system.heartbeat", "{'instanceId':'w1'}"),
                new Call("system.heartbeat", "{'instanceId':'leader'}"),
                new Call("system.unregister", "{'instanceId':'w1'}"),
                new Call("task.create", "{'text':'t'}"));
    }

    @Test
    void callThatMeetsItFailsAsAWholeOrIsNotConcerned() {
        assertThat(failing(this::fleet)).containsAll(SHARED.stream().map(key -> "system.register " + key).toList())
                .containsAll(SHARED.stream().map(key -> "task.create " + key).toList());
    }

    @Test
    void callInAQuietFleetThatMeetsItFailsAsAWholeOrIsNotConcerned() {
        assertThat(failing(this::quietFleet)).contains("system.heartbeat cb:instances:active",
                "system.heartbeat cb:instance:w1", "system.heartbeat cb:health:gossip:w1",
                "system.heartbeat cb:leader:current", "system.register cb:leader:candidates",
                "system.register cb:stream:events");
    }

    /** Tries each call with another type under each key; gives those that failed, as a whole. */
    private Set<String> failing(Supplier<List<Call>> fleet) {
        Set<String> failing = new TreeSet<>();
        assertThat(fleet.get()).isNotEmpty();
        for (String key : keys()) {
            List<Call> calls = fleet.get();
            keepFleet();
            for (Call call : calls) {
                restoreFleet();
                replace(key);
                Map<String, String> before = snapshot();
                JsonNode response = rpc.call(call.method(), call.params());
                int code = response.at("/error/code").intValue();
                assertThat(code)
                        .as("%s of %s with another type under %s: %s", call.method(), call.params(), key, response)
                        .isIn(0, REFUSED, INTERNAL_ERROR);
                if (code == INTERNAL_ERROR) {
                    assertThat(snapshot()).as("%s of %s with another type under %s", call.method(), call.params(), key)
                            .isEqualTo(before);
                    failing.add(call.method() + " " + key);
                }
            }
        }
        return failing;
    }

    @Test
    void serviceGoesOnAsSoonAsTheKeyIsGone() {
        fleet();
        redis.execute("DEL", "cb:workers:load");
        redis.execute("SET", "cb:workers:load", "intruder");
        assertThat(rpc.call("system.register", "{'id':'w2','roles':['worker']}").at("/error/code").intValue())
                .isEqualTo(INTERNAL_ERROR);
        redis.execute("DEL", "cb:workers:load");
        register("w2", "worker");
        assertThat(state().get("instances")).hasSize(3);
    }
}
