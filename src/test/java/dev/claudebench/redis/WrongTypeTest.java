package dev.claudebench.redis;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;

import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import com.fasterxml.jackson.databind.JsonNode;

import dev.claudebench.support.FleetTest;
import io.quarkus.test.junit.QuarkusTest;

/** Somebody else has put a value of another type under a key of ours. */
@NullMarked
@QuarkusTest
class WrongTypeTest extends FleetTest {
    private static final int INTERNAL_ERROR = -32603;
    private static final Set<String> SHARED = Set.of("cb:instances:active", "cb:instances:roles", "cb:workers:load",
            "cb:leader:candidates", "cb:leader:term", "cb:queue:tasks:pending", "cb:queue:tasks:sequence",
            "cb:tasks:rolesets", "cb:tasks:assigned", "cb:tasks:in_progress", "cb:metrics:global", "cb:state:global",
            "cb:stream:events");

    @BeforeEach
    void fleetWithATaskInProgress() {
        register("w1", "worker");
        register("w2", "worker");
        createTask("t", 50, "");
        rpc.result("task.claim", "{'workerId':'w1'}");
    }

    @AfterEach
    void emptyRedis() {
        redis.flushall();
    }

    @Test
    void callThatMeetsASharedKeyNamesIt() {
        Set<String> named = new TreeSet<>();
        for (String key : SHARED) {
            replace(key);
            for (String call : List.of("system.register {'id':'new','roles':['worker']}", "task.create {'text':'t'}",
                    "task.claim {'workerId':'w2'}", "system.heartbeat {'instanceId':'w1'}")) {
                JsonNode error = rpc.call(call.split(" ", 2)[0], call.split(" ", 2)[1]).path("error");
                if (!error.isMissingNode()) {
                    assertThat(error.path("code").intValue()).as("%s with another type under %s", call, key)
                            .isEqualTo(INTERNAL_ERROR);
                    assertThat(error.path("message").textValue()).startsWith("Internal error: " + key + " holds a ");
                    named.add(key);
                }
            }
            assertThat(readiness()).as(key).contains("DOWN", key + " holds a ");
            redis.flushall();
            fleetWithATaskInProgress();
        }
        // only an election writes the term
        assertThat(named).hasSize(SHARED.size() - 1).doesNotContain("cb:leader:term");
    }

    @Test
    void callThatMeetsAKeyOfOneInstanceNamesItAndOthersGoOn() {
        for (String key : List.of("cb:instance:w1", "cb:health:gossip:w1")) {
            replace(key);

            JsonNode error = rpc.call("system.heartbeat", "{'instanceId':'w1'}").get("error");

            assertThat(error.get("code").intValue()).isEqualTo(INTERNAL_ERROR);
            assertThat(error.get("message").textValue())
                    .startsWith("Internal error: " + key + " holds a string, not a hash");
            assertThat(error.at("/data/errorId").textValue()).isNotEmpty();
            assertThat(rpc.result("system.heartbeat", "{'instanceId':'w2'}")).hasToString("{\"alive\":true}");
            redis.flushall();
            fleetWithATaskInProgress();
        }
    }

    @Test
    void serviceGoesOnAsSoonAsTheKeyIsGone() {
        replace("cb:workers:load");
        assertThat(rpc.call("system.register", "{'id':'w3','roles':['worker']}").at("/error/code").intValue())
                .isEqualTo(INTERNAL_ERROR);

        redis.execute("DEL", "cb:workers:load");

        register("w3", "worker");
        assertThat(state().get("instances")).hasSize(3);
        assertThat(readiness()).contains("UP");
    }

    private void replace(String key) {
        String wasText = text("TYPE", key).equals("string") ? "RPUSH" : "SET";
        redis.execute("DEL", key);
        redis.execute(wasText, key, "intruder");
    }

    private static String readiness() {
        return given().get("/q/health/ready").asString();
    }
}
