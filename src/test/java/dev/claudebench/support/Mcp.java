package dev.claudebench.support;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;

import org.jspecify.annotations.NullMarked;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import dev.claudebench.method.Json;
import io.restassured.response.Response;

/** Calls the service by the Model Context Protocol, in the stateless revision or an earlier one. */
@NullMarked
public final class Mcp {
    public static final String STATELESS = "2026-07-28";

    private static final HttpClient HTTP = HttpClient.newHttpClient();

    private final Rpc rpc;
    private final boolean isStateless;

    /** @param rpc the service, and the credentials */
    public Mcp(Rpc rpc, boolean isStateless) {
        this.rpc = rpc;
        this.isStateless = isStateless;
    }

    /** Returns the {@code _meta} of a stateless request. */
    public static ObjectNode envelope() {
        ObjectNode meta = Json.MAPPER.createObjectNode();
        meta.put("io.modelcontextprotocol/protocolVersion", STATELESS);
        meta.putObject("io.modelcontextprotocol/clientInfo").put("name", "test").put("version", "1");
        meta.putObject("io.modelcontextprotocol/clientCapabilities");
        return meta;
    }

    /** Returns the body of a request. */
    public static ObjectNode body(String method, ObjectNode params) {
        ObjectNode body = Json.MAPPER.createObjectNode();
        return body.put("jsonrpc", "2.0").put("id", 1).put("method", method).set("params", params);
    }

    /** Sends a body as it is. */
    public Response post(Map<String, String> headers, String body) {
        return rpc.http()
                .contentType("application/json")
                .accept("application/json, text/event-stream")
                .headers(headers)
                .body(body)
                .post("/mcp");
    }

    /** Sends a notification, whose answer must be empty. Returns its status. */
    public static int notify(URI service, Map<String, String> headers, String body) {
        HttpRequest.Builder request = HttpRequest.newBuilder(service.resolve("/mcp"))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body));
        headers.forEach(request::header);
        // REST Assured would keep the connection: it does not read an empty body to its end.
        HttpResponse<String> response = HTTP.sendAsync(request.build(), HttpResponse.BodyHandlers.ofString()).join();
        assertThat(response.body()).isEmpty();
        return response.statusCode();
    }

    /** Sends a request with the headers that belong to it. Returns the response, whatever its status. */
    public Response request(String method, ObjectNode params) {
        Map<String, String> headers = new HashMap<>();
        ObjectNode sent = params.deepCopy();
        if (isStateless) {
            headers.put("MCP-Protocol-Version", STATELESS);
            headers.put("Mcp-Method", method);
            if (params.has("name") || params.has("uri")) {
                headers.put("Mcp-Name", encoded(params.path("name").asText(params.path("uri").asText())));
            }
            sent.set("_meta", envelope());
        }
        return post(headers, body(method, sent).toString());
    }

    private static String encoded(String name) {
        return name.matches("[!-~]([ -~]*[!-~])?")
                ? name
                : "=?base64?" + Base64.getEncoder().encodeToString(name.getBytes(StandardCharsets.UTF_8)) + "?=";
    }

    public Response request(String method) {
        return request(method, Json.MAPPER.createObjectNode());
    }

    /** Sends a request, which must succeed. Returns its result. */
    public JsonNode result(String method, ObjectNode params) {
        Response response = request(method, params);
        assertThat(response.statusCode()).as(response.asString()).isEqualTo(200);
        assertThat(response.contentType()).startsWith("application/json");
        return Objects.requireNonNull(Json.read(response.asString()).get("result"), response.asString());
    }

    public JsonNode result(String method) {
        return result(method, Json.MAPPER.createObjectNode());
    }

    /** Calls a tool by the name of its method. Returns its result, which may be an error. */
    public JsonNode tool(String method, JsonNode arguments) {
        ObjectNode params = Json.MAPPER.createObjectNode().put("name", method.replace('.', '_'));
        return result("tools/call", params.set("arguments", arguments));
    }

    /** Calls a tool. Returns what the method would answer: an object with the result or the error. */
    public JsonNode response(String method, JsonNode arguments) {
        return asResponse(tool(method, arguments));
    }

    /** Returns what a method would answer, from the result of its tool. */
    public static JsonNode asResponse(JsonNode result) {
        ObjectNode response = Json.MAPPER.createObjectNode();
        JsonNode text = Json.read(result.at("/content/0/text").textValue());
        assertThat(result.get("content")).hasSize(1);
        if (result.path("isError").booleanValue()) {
            assertThat(result.has("structuredContent")).isFalse();
            return response.set("error", text);
        }
        assertThat(text).isEqualTo(result.get("structuredContent"));
        return response.set("result", text);
    }
}
