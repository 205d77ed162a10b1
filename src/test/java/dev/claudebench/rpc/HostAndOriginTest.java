package dev.claudebench.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import dev.claudebench.support.FleetTest;
import io.quarkus.test.junit.QuarkusTest;

/** Pages of other sites do not reach a service that listens on loopback. */
@QuarkusTest
class HostAndOriginTest extends FleetTest {
    private static final String REGISTRATION = "{\"jsonrpc\":\"2.0\",\"method\":\"system.register\","
            + "\"params\":{\"id\":\"w1\",\"roles\":[]},\"id\":1}";

    @ParameterizedTest
    @ValueSource(strings = {"localhost", "LocalHost:8080", "127.0.0.1", "127.0.0.1:80", "127.1.2.3:1", "[::1]",
            "[::1]:8080"})
    void loopbackNamesAreServed(String host) throws IOException {
        assertThat(post("Host: " + host)).startsWith("HTTP/1.1 200 ").contains("\"registered\":true");
    }

    @ParameterizedTest
    @ValueSource(strings = {"rebind.example:8080", "localhost.rebind.example", "127.0.0.1.rebind.example:80",
            "127.0.0.1x",
            "10.0.0.1", "0.0.0.0:8080", "[::2]", "x"})
    void otherNamesAreRefused(String host) throws IOException {
        assertForbidden(post("Host: " + host), "Host must be localhost");
        assertForbidden(post("Host: " + host + "\r\nOrigin: http://" + host), "Host must be localhost");
        assertForbidden(post("Host: " + host + "\r\nX-Forwarded-Host: localhost"), "Host must be localhost");
        assertThat(keys()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/rpc", "/mcp", "/events", "/openrpc.json", "/q/metrics", "/q/health", "/q/health/live",
            "/nowhere"})
    void everyPathChecksBoth(String path) throws IOException {
        assertForbidden(get(path, "Host: rebind.example"), "Host must be localhost");
        assertForbidden(get(path, "Host: localhost\r\nOrigin: https://elsewhere.example"), "Origin");
    }

    @ParameterizedTest
    @ValueSource(strings = {"Host: localhost\r\nHost: localhost", "Host: localhost\r\nHost: rebind.example",
            "Host: rebind.example\r\nhost: localhost"})
    void twoHostsAreRefused(String headers) throws IOException {
        assertThat(post(headers)).startsWith("HTTP/1.1 400 ").contains("{\"error\":\"");
        assertThat(get("/q/health/live", headers)).startsWith("HTTP/1.1 400 ");
        assertThat(keys()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"localhost:8080, http://localhost:8080", "LOCALHOST:8080, http://localhost:8080",
            "127.0.0.1, http://127.0.0.1", "localhost:80, http://localhost", "[::1]:8080, http://[::1]:8080"})
    void ownOriginIsServed(String host, String origin) throws IOException {
        assertThat(post("Host: " + host + "\r\nOrigin: " + origin)).startsWith("HTTP/1.1 200 ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"http://elsewhere.example", "http://localhost:8081", "http://localhost",
            "https://localhost:8080",
            "http://127.0.0.1:8080", "null", "", "http://", "http:localhost:8080", "http://a b", "://localhost:8080",
            "http://localhost:8080.elsewhere.example", "http://localhost:8080@elsewhere.example"})
    void otherOriginsAreRefused(String origin) throws IOException {
        assertForbidden(post("Host: localhost:8080\r\nOrigin: " + origin), "quarkus.http.cors.origins");
        assertThat(keys()).isEmpty();
    }

    private static void assertForbidden(String answer, String reason) {
        assertThat(answer).startsWith("HTTP/1.1 403 ")
                .contains("Content-Type: application/json", "{\"error\":\"", reason)
                .doesNotContain("Access-Control");
    }

    private String get(String path, String headers) throws IOException {
        return answerTo("GET " + path + " HTTP/1.1\r\n" + headers + "\r\n\r\n");
    }

    private String post(String headers) throws IOException {
        return answerTo(
                "POST /rpc HTTP/1.1\r\n" + headers + "\r\nConnection: close\r\nContent-Type: application/json\r\n"
                        + "Content-Length: " + REGISTRATION.length() + "\r\n\r\n" + REGISTRATION);
    }

    /** All that comes until the service closes the connection. */
    private String answerTo(String request) throws IOException {
        try (Socket socket = new Socket(service.getHost(), service.getPort())) {
            socket.setSoTimeout(10_000);
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
        }
    }
}
