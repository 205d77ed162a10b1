package dev.claudebench.mcp;

import static dev.claudebench.support.Rpc.json;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;

import org.junit.jupiter.api.Test;

import com.fasterxml.jackson.databind.JsonNode;

import dev.claudebench.method.Json;
import dev.claudebench.support.Mcp;
import dev.claudebench.support.RedisProcess;
import dev.claudebench.support.Rpc;
import dev.claudebench.support.ServiceProcess;

/** A client of MCP that sends what it must not gets documented errors only, and takes no memory for good. */
class HostileMcpClientIT {
    private static final int ROUNDS = 30;
    private static final int REQUESTS = 100;
    private static final int AT_ONCE = 10;
    private static final List<String> TOOLS = List.of("task_create", "task_list", "system_register", "no_such_tool",
            "task.create", "", "__proto__", "x".repeat(1000));
    private static final List<String> METHODS = List.of("tools/call", "tools/list", "resources/read", "prompts/get",
            "server/discover", "initialize", "ping", "no/such", "", "subscriptions/listen");
    private static final List<String> ARGUMENTS = List.of("{}", "[]", "null", "5", "{'text':5}", "{'text':''}",
            "{'text':'" + "x".repeat(900_000) + "'}", "{'a':".repeat(95) + "1" + "}".repeat(95),
            "{'a':".repeat(2000) + "1" + "}".repeat(2000), "{'id':'a','roles':[" + "'r',".repeat(50_000) + "'r']}",
            "{'text':1e999999999}", "{'text':'\\ud800'}", "{'text':'a','text':'b'}", "{'text':'");
    private static final List<String> HEADERS = List.of(Mcp.STATELESS, "2025-11-25", "2027-01-01", "tools/call",
            "task_create", "x", "=?base64?!?=", "=?base64?" + "A".repeat(1500) + "?=", "x".repeat(1500));

    private final HttpClient http = HttpClient.newHttpClient();
    private final Random random = new Random(42);

    private <T> T any(List<T> values) {
        return values.get(random.nextInt(values.size()));
    }

    /** Most are right in all but one thing, so that they are not all refused by the first check. */
    private HttpRequest request(URI service) {
        String method = any(METHODS);
        String tool = any(TOOLS);
        boolean isStateless = random.nextBoolean();
        String message = json("{'jsonrpc':'2.0'," + any(List.of("'id':1,", "'id':'x',", "'id':null,", "'id':{},", ""))
                + "'method':'" + method + "','params':{'name':'" + tool + "','uri':'" + tool + "','arguments':"
                + any(ARGUMENTS) + (isStateless ? ",'_meta':" + Mcp.envelope() : "") + "}}");
        HttpRequest.Builder request = HttpRequest.newBuilder(service.resolve("/mcp"))
                .header("Content-Type", "application/json")
                .header("Accept", "application/json, text/event-stream")
                .POST(HttpRequest.BodyPublishers.ofString(switch (random.nextInt(10)) {
                    case 0 -> "[" + message + "]";
                    case 1 -> message.substring(0, random.nextInt(message.length()));
                    default -> message;
                }));
        if (isStateless) {
            Map.of("MCP-Protocol-Version", Mcp.STATELESS, "Mcp-Method", method, "Mcp-Name", tool)
                    .forEach((header, value) -> request.header(header, random.nextInt(8) == 0 ? any(HEADERS) : value));
        } else if (random.nextInt(4) == 0) {
            request.header("MCP-Protocol-Version", any(HEADERS));
        }
        return request.build();
    }

    private static void assertDocumented(HttpResponse<String> response) {
        String text = response.body();
        assertThat(response.statusCode()).as(text).isIn(200, 202, 400, 404);
        if (response.statusCode() == 200 || response.statusCode() == 404) {
            JsonNode answer = Json.read(text);
            assertThat(answer.has("result")).isNotEqualTo(answer.has("error"));
        }
        if (response.statusCode() == 400) {
            assertThat(Json.read(text).at("/error/code").intValue()).isIn(-32700, -32600, -32602, -32020, -32022);
        }
        assertThat(text).doesNotContain("Exception", "dev.claudebench", "jackson");
    }

    /** The whole heap is resident from the start. Otherwise what grows is the part of it that was used once. */
    @Test
    void memoryStaysFlat() {
        try (RedisProcess redis = new RedisProcess().start();
                ServiceProcess service = ServiceProcess.start("-Xmx128m", "-Xms128m", "-XX:+AlwaysPreTouch",
                        "-Dquarkus.redis.hosts=" + redis.uri())) {
            List<Long> resident = new ArrayList<>();
            Map<Integer, Integer> statuses = new TreeMap<>();
            for (int round = 0; round < ROUNDS; round++) {
                for (int i = 0; i < REQUESTS / AT_ONCE; i++) {
                    List<CompletableFuture<HttpResponse<String>>> sent = new ArrayList<>();
                    for (int j = 0; j < AT_ONCE; j++) {
                        sent.add(http.sendAsync(request(service.base()), HttpResponse.BodyHandlers.ofString()));
                    }
                    sent.forEach(response -> {
                        assertDocumented(response.join());
                        statuses.merge(response.join().statusCode(), 1, Integer::sum);
                    });
                }
                resident.add(service.residentMebibytes());
            }
            assertThat(statuses).containsKeys(200, 202, 400, 404);
            assertThat(resident.get(ROUNDS - 1)).as("MiB after each %d requests: %s", REQUESTS, resident)
                    .isLessThan(resident.get(ROUNDS / 2) + 10);
            assertThat(service.log()).doesNotContain("ERROR", "OutOfMemory", "Exception");
            assertThat(new Mcp(Rpc.of(service), true).response("task.list", Json.MAPPER.createObjectNode())
                    .has("result")).isTrue();
        }
    }
}
