package dev.claudebench.security;

import static java.util.Map.entry;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.startsWith;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import dev.claudebench.method.Json;
import dev.claudebench.method.Permission;
import dev.claudebench.support.FleetTest;
import dev.claudebench.support.Mcp;
import dev.claudebench.support.Rpc;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;

/** What each permission allows, and what is open without credentials. */
@QuarkusTest
@TestProfile(Keys.class)
class PermissionTest extends FleetTest {
    private static final Map<String, String> REQUIRED = Map.ofEntries(
            entry("system.whoami", "viewer"),
            entry("bench.delete", "admin"),
            entry("bench.get", "viewer"),
            entry("bench.list", "viewer"),
            entry("rpc.discover", "viewer"),
            entry("system.check_health", "agent"),
            entry("system.get_instance", "viewer"),
            entry("system.get_state", "viewer"),
            entry("system.heartbeat", "agent"),
            entry("system.history", "viewer"),
            entry("system.list_instances", "viewer"),
            entry("system.metrics", "viewer"),
            entry("system.version", "viewer"),
            entry("system.register", "agent"),
            entry("system.repair", "admin"),
            entry("system.resign", "agent"),
            entry("system.unregister", "agent"),
            entry("task.cancel", "lead"),
            entry("task.claim", "agent"),
            entry("task.complete", "agent"),
            entry("task.create", "lead"),
            entry("task.get", "viewer"),
            entry("task.list", "viewer"),
            entry("task.progress", "agent"),
            entry("task.release", "agent"),
            entry("task.retry", "lead"));

    @Test
    void callersAreToldWhatTheyMayDo() {
        Permission.ALL.forEach(permission -> assertThat(as(permission).call("system.whoami").result())
                .isEqualTo(Json.MAPPER.valueToTree(
                        Map.of("principal", permission, "permissions", Permission.upTo(permission)))));
    }

    @Test
    void everyMethodRequiresTheDocumentedPermission() {
        Map<String, JsonNode> methods = new HashMap<>();
        for (JsonNode method : as("viewer").call("rpc.discover").result().get("methods")) {
            methods.put(method.get("name").asText(), method);
        }
        methods.keySet().removeIf(name -> name.startsWith("test."));
        assertThat(methods.keySet()).isEqualTo(REQUIRED.keySet());
        methods.forEach((method, description) -> {
            String required = description.get("x-permission").asText();
            assertThat(REQUIRED).containsEntry(method, required);
            ObjectNode params = Json.MAPPER.createObjectNode();
            description.at("/examples/0/params")
                    .forEach(param -> params.set(param.get("name").asText(), param.get("value")));
            for (String permission : Permission.ALL) {
                redis.flushall();
                JsonNode tool = new Mcp(as(permission), true).response(method, params);
                JsonNode response = as(permission).call(method).params(params).response();
                if (Permission.upTo(permission).contains(required)) {
                    assertThat(response.at("/error/code").intValue()).as("%s by %s", method, permission)
                            .isNotEqualTo(-32003);
                    assertThat(tool.at("/error/code").intValue()).as("%s by %s", method, permission)
                            .isNotEqualTo(-32003);
                } else {
                    assertThat(tool.get("error")).isEqualTo(response.get("error"));
                    assertThat(response.get("error")).as("%s by %s", method, permission)
                            .hasToString(Rpc.json("{'code':-32003,'message':'Forbidden: the permission " + required
                                    + " is missing','data':{'permission':'" + required + "'}}"));
                }
            }
        });
    }

    @Test
    void ownersOfInstancesAreTheSameForTools() {
        Mcp alice = new Mcp(rpc().as(Keys.ALICE), true);
        alice.response("system.register", Json.read(Rpc.json("{'id':'w1','roles':['worker']}")));
        assertThat(new Mcp(rpc().as(Keys.BOB), true)
                .response("task.claim", Json.read(Rpc.json("{'workerId':'w1'}")))
                .at("/error/data/owner")).hasToString("false");
        assertThat(alice.response("task.claim", Json.read(Rpc.json("{'workerId':'w1'}"))).at("/result/claimed"))
                .hasToString("false");
    }

    @Test
    void forbiddenCallsOfABatchChangeNothingAndTheOthersAreExecuted() {
        Rpc agent = as("agent");
        JsonNode responses = agent.batch(agent.call("task.create").with("text", "t"),
                agent.call("system.register").with("id", "w1").with("roles", List.of()),
                agent.call("task.create").with("text", "t"));

        assertThat(responses.get(0).at("/error/code").intValue()).isEqualTo(-32003);
        assertThat(responses.get(1).at("/result/registered").booleanValue()).isTrue();
        assertThat(responses.get(2).at("/error/code").intValue()).isEqualTo(-32003);
        assertThat(number("ZCARD", "cb:tasks:all")).isZero();
    }

    @Test
    void forbiddenNotificationChangesNothing() {
        as("viewer").http()
                .contentType("application/json")
                .body("{\"jsonrpc\":\"2.0\",\"method\":\"task.create\",\"params\":{\"text\":\"t\"}}")
                .post("/rpc")
                .then()
                .statusCode(204);
        assertThat(keys()).isEmpty();
    }

    /** Batches that run at once share scripts and threads, but not the identity of who has sent them. */
    @Test
    void callsOfABatchKeepTheIdentityOfTheirSender() {
        List<CompletableFuture<JsonNode>> batches = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            Rpc sender = as(i % 2 == 0 ? "lead" : "agent");
            batches.add(CompletableFuture.supplyAsync(() -> sender.batch(
                    sender.call("system.register").with("id", "w1").with("roles", List.of()),
                    sender.call("task.create").with("text", "t"), sender.call("task.create").with("text", "t"))));
        }
        for (int i = 0; i < batches.size(); i++) {
            for (JsonNode created : List.of(batches.get(i).join().get(1), batches.get(i).join().get(2))) {
                if (i % 2 == 0) {
                    assertThat(created.at("/result/createdBy").asText()).isEqualTo("lead");
                } else {
                    assertThat(created.at("/error/code").intValue()).isEqualTo(-32003);
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/rpc", "/mcp", "/events", "/openrpc.json", "/q/metrics", "/no-such-path"})
    void nothingIsOpenWithoutCredentials(String path) {
        for (String method : List.of("GET", "POST")) {
            rpc().http()
                    .contentType("application/json")
                    .request(method, path)
                    .then()
                    .statusCode(401)
                    .header("WWW-Authenticate", "Bearer")
                    .contentType(startsWith("application/json"))
                    .body(path.equals("/rpc") ? "error.message" : "error",
                            equalTo("Unauthenticated: send Authorization: Bearer with an API key"));
        }
        assertThat(keys()).isEmpty();
    }

    @Test
    void withoutCredentialsCallersOfMethodsGetAnErrorOfJsonRpc() {
        assertThat(rpc().on("b1").post("[]").asString()).isEqualTo(rpc().post("[]").asString())
                .isEqualTo(Rpc
                        .json("{'jsonrpc':'2.0','error':{'code':-32002,'message':'Unauthenticated: send Authorization:"
                                + " Bearer with an API key'},'id':null}"));
    }

    @Test
    void healthIsOpenAndViewersReadTheRest() {
        rpc().http().get("/q/health/ready").then().statusCode(200);
        rpc().http().get("/q/health").then().statusCode(200);
        as("viewer").http().get("/q/metrics").then().statusCode(200);
        as("viewer").http().get("/openrpc.json").then().statusCode(200);
        assertThat(as("viewer").http().header("Last-Event-ID", "x").get("/events").statusCode()).isEqualTo(400);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "/dashboard/app.js", "/webjars/preact/dist/preact.module.js",
            "/_static/htm/dist/htm.module.js"})
    void filesOfTheDashboardAreOpenToReadersAlone(String path) {
        rpc().http().get(path).then().statusCode(200);
        rpc().http().head(path).then().statusCode(200);
        rpc().http().post(path).then().statusCode(401);
        as("viewer").http().post(path).then().statusCode(405);
    }

    @Test
    void credentialsForAnotherBenchAreForbidden() {
        for (String path : List.of("/rpc", "/mcp", "/events")) {
            String method = path.equals("/events") ? "GET" : "POST";
            rpc().as(Keys.ELSEWHERE)
                    .http()
                    .contentType("application/json")
                    .body("{}")
                    .request(method, path)
                    .then()
                    .statusCode(403)
                    .body("error", equalTo("the credentials are for these benches alone, at /bench/<name>: other"));
        }
        assertThat(rpc().as(Keys.ELSEWHERE).on("another").post("{}").statusCode()).isEqualTo(403);
        assertThat(rpc().as(Keys.ELSEWHERE).on("other").call("system.get_state").result().get("version").intValue())
                .isZero();
    }

    @Test
    void keyHasALimitOfItsOwn() {
        Rpc limited = rpc().as(Keys.LIMITED);
        for (int i = 0; i < 2; i++) {
            limited.call("system.register").with("id", "w1").with("roles", List.of()).result();
        }
        JsonNode error = limited.call("system.register").with("id", "w1").with("roles", List.of()).error(-32000);
        assertThat(error.at("/data/limit").intValue()).isEqualTo(2);
        assertThat(keys()).contains("cb:ratelimit:system.register:user:limited");
        as("agent").call("system.register").with("id", "w2").with("roles", List.of()).result();
    }

    @Test
    void refusedCredentialsAreCounted() {
        double before = refusals("wrong");
        rpc().as("cb_alice_wrong").http().get("/openrpc.json").then().statusCode(401);
        assertThat(refusals("wrong")).isEqualTo(before + 1);
    }

    private double refusals(String reason) {
        String name = "claudebench_security_refusals_total{reason=\"" + reason + "\"} ";
        return as("viewer").http()
                .get("/q/metrics")
                .asString()
                .lines()
                .filter(line -> line.startsWith(name))
                .mapToDouble(line -> Double.parseDouble(line.substring(name.length())))
                .sum();
    }

    @Test
    void documentHasNoSecret() {
        assertThat(Json.text(as("viewer").call("rpc.discover").result())).doesNotContain("0123456789abcdef");
    }

    private Rpc as(String permission) {
        return rpc().as(Keys.key(permission));
    }
}
