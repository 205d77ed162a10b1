package dev.claudebench.mcp;

import static dev.claudebench.support.Rpc.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.equalTo;

import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.StreamSupport;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import dev.claudebench.method.Json;
import dev.claudebench.support.FleetTest;
import dev.claudebench.support.Mcp;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;

/** What the endpoint answers to each revision: tools, resources, prompts. */
@QuarkusTest
class McpTest extends FleetTest {
    private static ObjectNode params(String text) {
        return (ObjectNode) Json.read(json(text));
    }

    private Mcp earlier() {
        return new Mcp(rpc(), false);
    }

    @Test
    void discoveryNamesTheStatelessRevision() {
        JsonNode result = mcp().result("server/discover");
        assertThat(result.get("supportedVersions")).hasToString("[\"2026-07-28\"]");
        assertThat(result.get("capabilities")).isEqualTo(params("{'tools':{},'resources':{},'prompts':{}}"));
        assertThat(result.get("instructions").textValue()).contains("system_register");
        assertThat(result.at("/_meta/io.modelcontextprotocol~1serverInfo/name").textValue()).isEqualTo("claudebench");
        assertThat(result.at("/_meta/io.modelcontextprotocol~1serverInfo/version").textValue()).isNotBlank();
    }

    @ParameterizedTest
    @CsvSource({"2025-11-25, 2025-11-25", "2025-06-18, 2025-06-18", "2025-03-26, 2025-03-26",
            "2024-11-05, 2024-11-05", "2026-07-28, 2025-11-25", "1999-01-01, 2025-11-25"})
    void initializeAgreesOnARevisionAndKeepsNoSession(String wanted, String agreed) {
        Response response = earlier().request("initialize",
                params("{'protocolVersion':'" + wanted + "','capabilities':{},'clientInfo':{'name':'t'}}"));
        JsonNode result = Json.read(response.asString()).get("result");
        assertThat(result.get("protocolVersion").textValue()).isEqualTo(agreed);
        assertThat(result.get("capabilities")).isEqualTo(params("{'tools':{},'resources':{},'prompts':{}}"));
        assertThat(result.at("/serverInfo/name").textValue()).isEqualTo("claudebench");
        assertThat(response.header("Mcp-Session-Id")).isNull();
        assertThat(Mcp.notify(service, Map.of("MCP-Protocol-Version", agreed),
                json("{'jsonrpc':'2.0','method':'notifications/initialized'}"))).isEqualTo(202);
        assertThat(earlier().result("ping")).hasToString("{}");
    }

    @Test
    void resultsSayWhatKindTheyAreAndHowLongTheyLast() {
        for (String list : List.of("server/discover", "tools/list", "resources/list", "resources/templates/list",
                "prompts/list")) {
            JsonNode result = mcp().result(list);
            assertThat(result.get("resultType").textValue()).as(list).isEqualTo("complete");
            assertThat(result.get("ttlMs").intValue()).as(list).isPositive();
            assertThat(result.get("cacheScope").textValue()).as(list).isEqualTo("public");
        }
        JsonNode state = mcp().result("resources/read", params("{'uri':'claudebench://state'}"));
        assertThat(state.get("ttlMs").intValue()).isZero();
        assertThat(state.get("cacheScope").textValue()).isEqualTo("private");
        JsonNode call = mcp().tool("system.metrics", params("{}"));
        assertThat(call.get("resultType").textValue()).isEqualTo("complete");
        assertThat(call.has("ttlMs")).isFalse();
    }

    @Test
    void resultsOfEarlierRevisionsHaveTheSameContentAlone() {
        for (String list : List.of("tools/list", "resources/list", "resources/templates/list", "prompts/list")) {
            ObjectNode stateless = (ObjectNode) mcp().result(list);
            assertThat(earlier().result(list)).isEqualTo(
                    stateless.without(List.of("resultType", "ttlMs", "cacheScope", "_meta")));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"1", "-7", "1.0", "12345678901234567890123", "\"a\\u00e9\\\"\"", "\"\""})
    void idComesBackUnchanged(String id) {
        String body = Mcp.body("ping", params("{}")).toString().replace("\"id\":1", "\"id\":" + id);
        assertThat(earlier().post(Map.of(), body).asString())
                .isEqualTo("{\"jsonrpc\":\"2.0\",\"id\":" + id + ",\"result\":{}}");
    }

    @Test
    void everyMethodIsATool() {
        JsonNode tools = mcp().result("tools/list").get("tools");
        List<String> methods = StreamSupport.stream(rpc("rpc.discover").result().get("methods").spliterator(), false)
                .map(method -> method.get("name").textValue().replace('.', '_'))
                .toList();
        assertThat(tools).extracting(tool -> tool.get("name").textValue()).containsExactlyElementsOf(methods);
        assertThat(tools).allSatisfy(tool -> {
            assertThat(tool.at("/inputSchema/type").textValue()).isEqualTo("object");
            assertThat(tool.at("/inputSchema").has("properties")).isTrue();
            assertThat(tool.toString()).doesNotContain("$ref", "$defs");
            assertThat(tool.get("annotations")).hasSize(4);
        });
        assertThat(tools).filteredOn(tool -> !tool.get("name").textValue().startsWith("test_"))
                .allSatisfy(tool -> {
                    assertThat(tool.at("/outputSchema/type").textValue()).isEqualTo("object");
                    assertThat(tool.get("description").textValue()).isNotBlank();
                });
    }

    @ParameterizedTest
    @CsvSource({"task_get, true, false, true", "system_register, false, false, true",
            "task_create, false, false, false",
            "task_claim, false, false, false", "task_cancel, false, true, true", "system_unregister, false, true, true",
            "rpc_discover, true, false, true"})
    void annotationsTellWhatACallMayDo(String name, boolean readsOnly, boolean destroys, boolean repeats) {
        JsonNode annotations = StreamSupport.stream(mcp().result("tools/list").get("tools").spliterator(), false)
                .filter(tool -> tool.get("name").textValue().equals(name))
                .findFirst()
                .orElseThrow()
                .get("annotations");
        assertThat(annotations.get("readOnlyHint").booleanValue()).isEqualTo(readsOnly);
        assertThat(annotations.get("destructiveHint").booleanValue()).isEqualTo(destroys);
        assertThat(annotations.get("idempotentHint").booleanValue()).isEqualTo(repeats);
        assertThat(annotations.get("openWorldHint").booleanValue()).isFalse();
    }

    @Test
    void refusalIsAResultThatTheModelCanRead() {
        JsonNode result = mcp().tool("task.get", params("{'taskId':'none'}"));
        assertThat(result.get("isError").booleanValue()).isTrue();
        assertThat(Mcp.asResponse(result).get("error")).isEqualTo(rpc("task.get").with("taskId", "none").error());
    }

    @Test
    void defectIsAResultWithoutItsCause() {
        JsonNode error = mcp().response("test.broken", params("{}")).get("error");
        assertThat(error.get("code").intValue()).isEqualTo(-32603);
        assertThat(error.at("/data/errorId").textValue()).isNotBlank();
        assertThat(error.toString()).doesNotContain("hunter2");
    }

    @Test
    void textOfAnyKindComesBackUnchanged() {
        String text = "é😀 \"quoted\" \\ \\n /\n\t</script>";
        JsonNode task = mcp().response("task.create", Json.MAPPER.createObjectNode().put("text", text)).get("result");
        assertThat(task.get("text").textValue()).isEqualTo(text);
        assertThat(state().at("/tasks/0")).isEqualTo(task);
    }

    @Test
    void claimWaitsUntilThereIsATask() {
        register("w1", "worker");
        CompletableFuture<JsonNode> claim = CompletableFuture.supplyAsync(
                () -> mcp().response("task.claim", params("{'workerId':'w1','waitMs':20000}")));
        await().until(() -> waiting() == 1);
        createTask("t");
        assertThat(claim.join().at("/result/task/text").textValue()).isEqualTo("t");
    }

    private double waiting() {
        return metric("claudebench_task_claims_waiting ");
    }

    private double metric(String name) {
        return rpc().http()
                .get("/q/metrics")
                .asString()
                .lines()
                .filter(line -> line.startsWith(name))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' '))))
                .sum();
    }

    @Test
    void callsAreCountedLikeThoseOfTheMethod() {
        String calls = "claudebench_rpc_call_seconds_count{method=\"task.list\",outcome=\"ok\"}";
        String unknown = "claudebench_rpc_call_seconds_count{method=\"none\",outcome=\"method_not_found\"}";
        String requests = "http_server_requests_seconds_count{application=\"claudebench\",method=\"POST\",outcome=\"SUCCESS\",status=\"200\",uri=\"/mcp\"";
        double before = metric(calls);
        double unknownBefore = metric(unknown);
        mcp().tool("task.list", params("{}"));
        assertThat(mcp().request("tools/call", params("{'name':'task.claims'}")).<String>path("error.message"))
                .isEqualTo("Unknown tool: 'task.claims', the nearest is task_claim");
        assertThat(metric(calls)).isEqualTo(before + 1);
        assertThat(metric(unknown)).isEqualTo(unknownBefore + 1);
        assertThat(metric(requests)).isPositive();
    }

    @Test
    void resourcesAreTheResultsOfMethods() {
        assertThat(mcp().result("resources/list").at("/resources/0/uri").textValue()).isEqualTo("claudebench://state");
        assertThat(mcp().result("resources/templates/list").get("resourceTemplates").findValuesAsText("uriTemplate"))
                .containsExactly("claudebench://tasks/{id}", "claudebench://instances/{id}");
        register("w1", "worker");
        String task = createTask("é \"t\"");
        assertThat(resource("claudebench://state").at("/tasks/0/id").textValue()).isEqualTo(task);
        assertThat(resource("claudebench://tasks/" + task)).isEqualTo(rpc("task.get").with("taskId", task).result());
        assertThat(resource("claudebench://instances/w1"))
                .isEqualTo(rpc("system.get_instance").with("instanceId", "w1").result());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"a%20b|a b", "a+b|a+b", "a%2Fb|a/b", "a/b|a/b", "%C3%A9%25|é%", "a b|a b"})
    void idInAResourceIsPercentEncoded(String encoded, String id) {
        register(id, "monitor");
        assertThat(resource("claudebench://instances/" + encoded).get("id").textValue()).isEqualTo(id);
    }

    private JsonNode resource(String uri) {
        JsonNode contents = mcp().result("resources/read", Json.MAPPER.createObjectNode().put("uri", uri))
                .get("contents");
        assertThat(contents).hasSize(1);
        assertThat(contents.at("/0/uri").textValue()).isEqualTo(uri);
        assertThat(contents.at("/0/mimeType").textValue()).isEqualTo("application/json");
        return Json.read(contents.at("/0/text").textValue());
    }

    @ParameterizedTest
    @ValueSource(strings = {"claudebench://tasks/none", "claudebench://instances/none", "claudebench://tasks/",
            "claudebench://tasks", "claudebench://state/", "claudebench://state?x", "claudebench://tasks/%zz",
            "claudebench://tasks/%00", "file:///etc/passwd", "http://127.0.0.1/", "CLAUDEBENCH://state", "", "x"})
    void resourceIsNotFound(String uri) {
        mcp().request("resources/read", Json.MAPPER.createObjectNode().put("uri", uri))
                .then()
                .statusCode(200)
                .body("error.code", equalTo(-32602))
                .body("error.message", equalTo("Resource not found"))
                .body("error.data", equalTo(Map.of("uri", uri)));
    }

    @Test
    void promptsNameToolsThatExist() {
        JsonNode prompts = mcp().result("prompts/list").get("prompts");
        assertThat(prompts.findValuesAsText("name")).contains("work_on_next_task", "plan_tasks");
        List<String> tools = mcp().result("tools/list").get("tools").findValuesAsText("name");
        for (String text : List.of(prompt("{'name':'work_on_next_task'}"),
                prompt("{'name':'plan_tasks','arguments':{'goal':'win'}}"),
                mcp().result("server/discover").get("instructions").textValue())) {
            assertThat(text.split("[^a-z_]+")).filteredOn(word -> word.matches("(task|system)_.*"))
                    .isNotEmpty()
                    .isSubsetOf(tools);
        }
    }

    @Test
    void argumentsAreWrittenIntoThePrompt() {
        assertThat(prompt("{'name':'work_on_next_task'}")).contains("of your choice").doesNotContain("{", "}");
        assertThat(prompt("{'name':'work_on_next_task','arguments':{'instanceId':'anna'}}")).contains("the id anna.")
                .doesNotContain("of your choice");
        assertThat(prompt("{'name':'plan_tasks','arguments':{'goal':'win $1 {goal} \\\\'}}"))
                .contains("<goal>\nwin $1 {goal} \\\n</goal>");
    }

    private String prompt(String params) {
        JsonNode message = mcp().result("prompts/get", params(params)).at("/messages/0");
        assertThat(message.get("role").textValue()).isEqualTo("user");
        return message.at("/content/text").textValue();
    }
}
