package dev.claudebench.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Set;

import com.fasterxml.jackson.databind.JsonNode;

import dev.claudebench.method.Json;
import dev.claudebench.support.RedisProcess;
import dev.claudebench.support.Rpc;
import dev.claudebench.support.ServiceProcess;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;
import net.jqwik.api.statistics.Statistics;

/**
 * Thousands of hostile requests to the packaged service: every one is answered as documented, and nothing of them gets where it
 * should not. {@code -Djqwik.tries=50000} tries more bodies.
 */
class HostileInputIT {
    private static final Duration PROMPTLY = Duration.ofSeconds(10);
    /** Neither a defect of the service nor anything of a Redis that is not well. */
    private static final Set<Integer> CODES = Set.of(-32700, -32600, -32601, -32602);
    private static final HttpClient HTTP = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private static RedisProcess redis;
    private static ServiceProcess service;

    @BeforeContainer
    static void start() {
        redis = new RedisProcess().start();
        service = ServiceProcess.start("-Dquarkus.redis.hosts=" + redis.uri(), "-Dclaudebench.redis.key-prefix=fuzz:",
                limit("system.register"), limit("system.heartbeat"),
                limit("system.unregister"), limit("system.get_state"), limit("system.list_instances"),
                limit("system.get_instance"),
                limit("system.check_health"),
                limit("system.metrics"), limit("system.history"), limit("system.resign"), limit("system.repair"),
                limit("task.create"),
                limit("task.claim"), limit("task.complete"), limit("task.progress"), limit("task.release"),
                limit("task.cancel"), limit("task.retry"), limit("task.get"), limit("task.list"));
    }

    private static String limit(String method) {
        return "-Dclaudebench.rate-limit.\"" + method + "\".limit=0";
    }

    @AfterContainer
    static void inputIsNeitherInKeysNorInTheLog() {
        try (RedisProcess server = redis; ServiceProcess process = service) {
            Rpc.of(process).call("system.get_state").with("limit", 1000).result();
            Rpc.of(process).call("task.list").with("limit", 1000).result();
            assertThat(server.cli("KEYS", "*").lines()).isNotEmpty().allMatch(key -> key.startsWith("fuzz:"));
            assertThat(server.cli("KEYS", "*").chars()).as("control characters in keys")
                    .noneMatch(c -> c != '\n' && Character.isISOControl(c));
            assertThat(process.log().lines()).noneMatch(line -> line.startsWith(HostileBodies.MARKER));
            // the service logs in ASCII, but for the banner
            assertThat(process.log().chars()).as("characters that a client could have put into the log")
                    .allMatch(c -> c == '\n' || (c >= ' ' && c < 0x7f));
            assertThat(process.log()).doesNotContain(" ERROR ", "Exception");
        }
    }

    @Provide
    Arbitrary<byte[]> bodies() {
        return HostileBodies.all();
    }

    @Provide
    Arbitrary<String> texts() {
        return HostileBodies.texts();
    }

    @Property(edgeCases = EdgeCasesMode.NONE)
    void everyBodyIsAnsweredByTheProtocol(@ForAll("bodies") byte[] body) throws Exception {
        HttpResponse<String> response = HTTP.send(HttpRequest.newBuilder(service.base().resolve("/rpc"))
                .timeout(PROMPTLY)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofByteArray(body))
                .build(), HttpResponse.BodyHandlers.ofString());

        if (response.statusCode() == 204) {
            assertThat(response.body()).isEmpty();
            return;
        }
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        JsonNode answer = Json.read(response.body());
        if (answer.isArray()) {
            assertThat(answer).isNotEmpty().allSatisfy(HostileInputIT::assertAnswer);
        } else {
            assertAnswer(answer);
        }
    }

    private static void assertAnswer(JsonNode answer) {
        assertThat(answer.path("jsonrpc").asText()).as(answer.toString()).isEqualTo("2.0");
        assertThat(answer.has("id")).isTrue();
        assertThat(answer.has("result")).isNotEqualTo(answer.has("error"));
        if (answer.has("error")) {
            assertThat(answer.at("/error/code").intValue()).as(answer.toString()).isIn(CODES);
        }
        Statistics.label("answers").collect(answer.has("result") ? "result" : answer.at("/error/code").asText());
    }

    @Property(tries = 200, edgeCases = EdgeCasesMode.NONE)
    void everyQueryForEventsIsAnswered(@ForAll("texts") String since, @ForAll("texts") String type,
            @ForAll("texts") String instance) throws Exception {
        String query = "?since=" + encoded(since) + "&type=" + encoded(type) + "&instance=" + encoded(instance);
        assertThat(status("/events" + query, "")).matches("HTTP/1\\.[01] (200|400|414) .*");
    }

    @Provide
    Arbitrary<String> headers() {
        return Arbitraries.of("Last-Event-ID", "Accept", "Content-Type", "X-Forwarded-For", "Forwarded", "Host",
                "Cookie",
                "Authorization", "Content-Length", "Transfer-Encoding", "Expect", "Origin", "X\u0000");
    }

    @Property(tries = 200, edgeCases = EdgeCasesMode.NONE)
    void everyHeaderIsAnsweredWithoutAnError(@ForAll("headers") String header, @ForAll("texts") String value)
            throws Exception {
        for (String path : Set.of("/events?type=none", "/rpc", "/openrpc.json")) {
            assertThat(status(path, header + ": " + value + "\r\n")).matches("HTTP/1\\.[01] [234]\\d\\d .*");
        }
    }

    @Property(tries = 200, edgeCases = EdgeCasesMode.NONE)
    void everyHostIsAnsweredWithoutAnError(@ForAll("texts") String path, @ForAll("texts") String host)
            throws Exception {
        assertThat(firstLine("GET /rpc?" + encoded(path) + " HTTP/1.1\r\nHost: " + host + "\r\n\r\n"))
                .matches("HTTP/1\\.[01] [234]\\d\\d .*");
    }

    /** What would be said of it is looked for in the log, at the end. */
    @Example
    void clientMayDisconnectWithinItsBody() throws IOException {
        URI base = service.base();
        for (int i = 0; i < 20; i++) {
            try (Socket socket = new Socket(base.getHost(), base.getPort())) {
                socket.getOutputStream()
                        .write(("POST /rpc HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                                + "Content-Length: 100\r\n\r\n{").getBytes(StandardCharsets.US_ASCII));
            }
        }
        Rpc.of(service).call("system.get_state").result();
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    /** The first line of what a request as it stands is answered with. */
    private static String status(String path, String headers) throws IOException {
        return firstLine("GET " + path + " HTTP/1.1\r\nHost: localhost\r\n" + headers + "\r\n");
    }

    private static String firstLine(String request) throws IOException {
        URI base = service.base();
        try (Socket socket = new Socket(base.getHost(), base.getPort())) {
            socket.setSoTimeout((int) PROMPTLY.toMillis());
            socket.getOutputStream().write(request.getBytes(StandardCharsets.UTF_8));
            return new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.ISO_8859_1))
                    .readLine();
        }
    }
}
