package dev.claudebench.mcp;

import static dev.claudebench.support.Rpc.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.notNullValue;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import dev.claudebench.method.Json;
import dev.claudebench.support.FleetTest;
import dev.claudebench.support.Mcp;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;

/** Requests that are refused by the protocol: each has its status and code, and changes nothing. */
@QuarkusTest
class BadMcpRequestTest extends FleetTest {
    private static final String CREATE = "{'name':'task_create','arguments':{'text':'t'},'_meta':META}";
    private static final Map<String, String> HEADERS = Map.of("MCP-Protocol-Version", Mcp.STATELESS, "Mcp-Method",
            "tools/call", "Mcp-Name", "task_create");

    /** @param headers instead of the right ones, empty for none */
    record Case(String name, int status, int code, Map<String, String> headers, String body) {
        @Override
        public String toString() {
            return name;
        }
    }

    private static String message(String method, String params) {
        return json("{'jsonrpc':'2.0','id':7,'method':'" + method + "','params':" + params + "}").replace("META",
                Mcp.envelope().toString());
    }

    private static Map<String, String> with(String header, String value) {
        Map<String, String> headers = new HashMap<>(HEADERS);
        headers.put(header, value);
        headers.values().removeIf(String::isEmpty);
        return headers;
    }

    private static Case mismatch(String header, String value) {
        return new Case(header + ": " + value, 400, -32020, with(header, value), message("tools/call", CREATE));
    }

    private static Case body(String name, int status, int code, String body) {
        return new Case(name, status, code, HEADERS, body);
    }

    static Stream<Case> refused() {
        List<Case> cases = new ArrayList<>();
        for (String header : HEADERS.keySet()) {
            cases.add(mismatch(header, ""));
            cases.add(mismatch(header, "x"));
            cases.add(mismatch(header, HEADERS.get(header) + "x"));
        }
        cases.add(mismatch("MCP-Protocol-Version", "2025-11-25"));
        cases.add(mismatch("Mcp-Method", "TOOLS/CALL"));
        cases.add(mismatch("Mcp-Name", "task_cancel"));
        cases.add(mismatch("Mcp-Name", "=?base64?dGFza19jYW5jZWw=?="));
        cases.add(mismatch("Mcp-Name", "=?base64?!?="));
        cases.add(new Case("initialize with the header of the stateless revision", 400, -32020,
                Map.of("MCP-Protocol-Version", Mcp.STATELESS), message("initialize", "{}")));

        for (String version : List.of("2027-01-01", "2025-11-25", "x")) {
            cases.add(new Case("envelope of the revision " + version, 400, -32022,
                    with("MCP-Protocol-Version", version),
                    message("tools/call", CREATE).replace(Mcp.STATELESS, version)));
        }
        cases.add(new Case("unknown earlier revision", 400, -32022, Map.of("MCP-Protocol-Version", "2025-01-01"),
                message("tools/call", CREATE.replace(",'_meta':META", ""))));
        cases.add(body("version that is no string", 400, -32602,
                message("tools/call", CREATE).replace("\"" + Mcp.STATELESS + "\"", "5")));
        cases.add(body("no capabilities", 400, -32602,
                message("tools/call", CREATE).replace("clientCapabilities", "other")));
        cases.add(body("no envelope", 400, -32602, message("tools/call", CREATE.replace(",'_meta':META", ""))));

        String good = message("tools/call", CREATE);
        cases.add(body("empty body", 400, -32700, ""));
        cases.add(body("no JSON", 400, -32700, good.substring(1)));
        cases.add(body("cut off", 400, -32700, good.substring(0, 100)));
        cases.add(body("member twice", 400, -32700, good.replace("\"id\":7", "\"id\":7,\"id\":8")));
        cases.add(body("no object", 400, -32600, "5"));
        cases.add(body("empty object", 400, -32600, "{}"));
        cases.add(body("no jsonrpc", 400, -32600, good.replace("\"jsonrpc\":\"2.0\",", "")));
        cases.add(body("id null", 400, -32600, good.replace("\"id\":7", "\"id\":null")));
        cases.add(body("id that is an object", 400, -32600, good.replace("\"id\":7", "\"id\":{}")));
        cases.add(body("params by position", 400, -32600, message("tools/call", "[1]")));
        cases.add(body("response", 400, -32600, json("{'jsonrpc':'2.0','id':7,'result':{}}")));
        cases.add(body("batch", 400, -32600, "[" + good + "]"));
        cases.add(body("empty batch", 400, -32600, "[]"));
        cases.add(body("batch of notifications", 400, -32600, "[" + good.replace("\"id\":7,", "") + "]"));

        for (String method : List.of("tools/nothing", "ping", "initialize", "logging/setLevel", "subscriptions/listen",
                "task.create", "")) {
            cases.add(new Case("method " + method, 404, -32601, with("Mcp-Method", method.isEmpty() ? " " : method),
                    message(method, "{'_meta':META}")));
        }
        for (String method : List.of("tools/nothing", "server/discover", "task.create")) {
            cases.add(new Case("earlier method " + method, 200, -32601, Map.of(), message(method, "{}")));
        }
        for (String tool : List.of("no_such_tool", "task.create", "TASK_CREATE", "")) {
            cases.add(new Case("tool " + tool, 200, -32602, with("Mcp-Name", tool.isEmpty() ? "=?base64??=" : tool),
                    message("tools/call", "{'name':'" + tool + "','_meta':META}")));
        }
        cases.add(body("no tool", 200, -32602, message("tools/call", "{'_meta':META}")));
        cases.add(body("tool that is no string", 200, -32602, message("tools/call", "{'name':5,'_meta':META}")));
        for (String arguments : List.of("[]", "'x'", "5")) {
            cases.add(body("arguments " + arguments, 200, -32602,
                    message("tools/call", "{'name':'task_create','arguments':" + arguments + ",'_meta':META}")));
        }
        for (String prompt : List.of("{'name':'x'}", "{}", "{'name':'plan_tasks'}",
                "{'name':'plan_tasks','arguments':{'goal':5}}",
                "{'name':'plan_tasks','arguments':{'goal':'" + "x".repeat(16_385) + "'}}")) {
            cases.add(new Case("prompt " + prompt.substring(0, Math.min(prompt.length(), 40)), 200, -32602, Map.of(),
                    message("prompts/get", prompt)));
        }
        return cases.stream();
    }

    @ParameterizedTest
    @MethodSource("refused")
    void refusedRequestHasItsStatusAndCodeAndChangesNothing(Case bad) {
        Response response = mcp().post(bad.headers(), bad.body());
        JsonNode answer = Json.read(response.asString());
        assertThat(response.statusCode()).as(response.asString()).isEqualTo(bad.status());
        assertThat(answer.at("/error/code").intValue()).as(response.asString()).isEqualTo(bad.code());
        assertThat(answer.at("/error/message").textValue()).isNotBlank();
        assertThat(answer.get("jsonrpc").textValue()).isEqualTo("2.0");
        if (bad.body().contains("\"id\":7,\"method") && !bad.body().startsWith("[") && bad.code() != -32700) {
            assertThat(answer.get("id")).hasToString("7");
        } else {
            assertThat(answer.has("id")).isTrue();
        }
        assertThat(response.contentType()).startsWith("application/json");
        assertThat(keys()).isEmpty();
    }

    @Test
    void unknownPromptIsNamedWithTheNearest() {
        mcp().post(Map.of(), message("prompts/get", "{'name':'plan_task'}"))
                .then()
                .body("error.message",
                        equalTo("Invalid params: there is no prompt 'plan_task', the nearest is plan_tasks"));
    }

    @Test
    void unsupportedVersionNamesTheSupportedOnes() {
        mcp().post(with("MCP-Protocol-Version", "2027-01-01"),
                message("tools/call", CREATE).replace(Mcp.STATELESS, "2027-01-01"))
                .then()
                .body("error.data.supported",
                        equalTo(List.of(Mcp.STATELESS, "2025-11-25", "2025-06-18", "2025-03-26", "2024-11-05")))
                .body("error.data.requested", equalTo("2027-01-01"));
    }

    @Test
    void nameMayBeEncoded() {
        mcp().post(with("Mcp-Name", "=?base64?dGFza19jcmVhdGU=?="), message("tools/call", CREATE))
                .then()
                .statusCode(200)
                .body("result.structuredContent.id", notNullValue());
    }

    @Test
    void repeatedHeaderMatchesNothing() {
        Response response = rpc().http()
                .contentType("application/json")
                .headers(HEADERS)
                .header("Mcp-Method", "tools/list")
                .body(message("tools/call", CREATE))
                .post("/mcp");
        response.then().statusCode(400).body("error.code", equalTo(-32020));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void notificationIsAcceptedAndNotExecuted(boolean isStateless) {
        String body = message("tools/call", isStateless ? CREATE : CREATE.replace(",'_meta':META", ""))
                .replace("\"id\":7,", "");
        assertThat(Mcp.notify(service, isStateless ? HEADERS : Map.of(), body)).isEqualTo(202);
        assertThat(keys()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET", "DELETE", "PUT", "HEAD", "OPTIONS"})
    void otherVerbsAreRefused(String verb) {
        rpc().http()
                .accept("text/event-stream, application/json")
                .request(verb, "/mcp")
                .then()
                .statusCode(405)
                .header("Allow", "POST");
    }

    @Test
    void otherTypesAndLargeBodiesAreRefused() {
        rpc().http().contentType("text/plain").body("{}").post("/mcp").then().statusCode(415);
        rpc().http().contentType("application/json").accept("text/html").body("{}").post("/mcp").then().statusCode(406);
        String large = message("tools/call",
                "{'name':'task_create','arguments':{'text':'" + "x".repeat(1 << 20) + "'}}");
        mcp().post(Map.of(), large).then().statusCode(413).body("error", notNullValue());
    }

    @Test
    void hugeArgumentsAreRefusedByTheTool() {
        ObjectNode arguments = Json.MAPPER.createObjectNode().put("text", "x".repeat(900_000));
        assertThat(mcp().response("task.create", arguments).at("/error/data/violations/0/field").textValue())
                .isEqualTo("text");
        assertThat(keys()).isEmpty();
    }
}
