package dev.claudebench.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import com.fasterxml.jackson.databind.JsonNode;

import dev.claudebench.method.Json;
import dev.claudebench.support.KeyFile;
import dev.claudebench.support.RedisProcess;
import dev.claudebench.support.Rpc;
import dev.claudebench.support.ServiceProcess;
import io.restassured.response.Response;

/** Without credentials, the service listens on loopback only. With credentials, it is closed to callers without them. */
class ProtectedModeIT {
    private static final String HERE = "-Dquarkus.http.host=127.0.0.1";
    private static final String ANONYMOUS = "-Dclaudebench.security.anonymous=true";
    private static final String NAME = "bench.example";

    @TempDir
    private Path temp;
    private Path redisDir;

    @BeforeEach
    void chooseRedisDir() {
        redisDir = temp.resolve("redis");
    }

    /** The wildcards, a name, and the addresses of this machine in networks. */
    static Stream<String> hostsBeyondLoopback() throws SocketException {
        return Stream.concat(Stream.of("0.0.0.0", "::", NAME), addresses().map(InetAddress::getHostAddress));
    }

    private static Stream<InetAddress> addresses() throws SocketException {
        return NetworkInterface.networkInterfaces()
                .flatMap(NetworkInterface::inetAddresses)
                .filter(address -> !address.isLoopbackAddress() && !address.isLinkLocalAddress());
    }

    @ParameterizedTest
    @MethodSource("hostsBeyondLoopback")
    void serviceWithoutCredentialsDoesNotListenBeyondLoopback(String host) throws IOException {
        String address = addresses().findFirst().map(InetAddress::getHostAddress).orElse("192.0.2.1");
        Path names = Files.writeString(temp.resolve("names"), address + " " + NAME + "\n");

        assertThat(refusal("-Dquarkus.http.host=" + host, "-Djdk.net.hosts.file=" + names)).contains("not on " + host)
                .contains("claudebench.security.key-file")
                .contains("claudebench.security.anonymous=true");
    }

    @Test
    void credentialsAndAnonymousAccessContradictEachOther() {
        assertThat(refusal(HERE, ANONYMOUS, KeyFile.with(temp.resolve("keys"), "agent")))
                .contains("claudebench.security.anonymous=true")
                .contains("contradicts");
    }

    @Test
    void missingKeyFileIsNamed() {
        assertThat(refusal(HERE, "-Dclaudebench.security.key-file=" + temp.resolve("none")))
                .contains("claudebench.security.key-file", temp.resolve("none").toString());
    }

    @Test
    void folderIsNoKeyFile() {
        assertThat(refusal(HERE, "-Dclaudebench.security.key-file=" + temp))
                .contains("claudebench.security.key-file", temp.toString());
    }

    @ParameterizedTest
    @ValueSource(strings = {"cb_ann_the-key-itself", "ann boss the-key-itself", "ann agent the-key-itself",
            "ann agent 0000000000000000000000000000000000000000000000000000000000000000 the-key-itself"})
    void wrongLineIsNamedByItsNumberWithoutItsContent(String line) throws IOException {
        Path file = Files.write(temp.resolve("keys"), List.of("# agents", "", line));

        assertThat(refusal(HERE, "-Dclaudebench.security.key-file=" + file)).contains(file + ":3:")
                .doesNotContain("the-key-itself");
    }

    /** Returns the only line that a service logs that refuses to start. */
    private String refusal(String... options) {
        try (ServiceProcess service = ServiceProcess.launch(Stream
                .concat(Stream.of(options), Stream.of("-Dclaudebench.embedded-redis.data-dir=" + redisDir))
                .toArray(String[]::new))) {
            assertThat(service.awaitExit()).as(service.log()).isNotZero();
            assertThat(redisDir).as("data of an embedded Redis").doesNotExist();
            List<String> lines = service.log().lines().filter(line -> !isBanner(line)).toList();
            assertThat(lines).hasSize(1);
            return lines.get(0);
        }
    }

    private static boolean isBanner(String line) {
        return line.matches("[ _/,<|&()\\\\-]*");
    }

    @Test
    void anonymousAccessIsOpenIfItIsConfigured() {
        try (RedisProcess redis = new RedisProcess().start();
                ServiceProcess service = ServiceProcess.start(HERE, ANONYMOUS,
                        "-Dquarkus.redis.hosts=" + redis.uri())) {
            assertThat(Rpc.of(service).call("system.register").with("id", "w1").with("roles", List.of()).result())
                    .isNotNull();
        }
    }

    @ParameterizedTest
    @CsvSource({"false, 401", "true, 200"})
    void serviceWithKeysIsClosedToOthers(boolean metricsArePublic, int statusOfMetrics) {
        try (RedisProcess redis = new RedisProcess().start();
                ServiceProcess service = ServiceProcess.start(HERE,
                        KeyFile.with(temp.resolve("keys"), "agent", "viewer"),
                        "-Dclaudebench.security.public-metrics=" + metricsArePublic,
                        "-Dquarkus.redis.hosts=" + redis.uri())) {
            Rpc stranger = Rpc.of(service);
            for (String open : List.of("/q/health", "/q/health/live", "/q/health/ready", "/q/health/started")) {
                assertThat(get(stranger, open).statusCode()).as(open).isEqualTo(200);
            }
            assertThat(get(stranger, "/q/metrics").statusCode()).isEqualTo(statusOfMetrics);
            for (String closed : List.of("/events", "/openrpc.json", "/q", "/q/info", "/q/other", "/nothing",
                    "/q/health/../metrics/", "/q/healthy")) {
                assertUnauthorized(closed, get(stranger, closed));
            }
            assertUnauthorized("/rpc", stranger.post("[]"));
            assertUnauthorized("wrong key", stranger.as("cb_agent-1_other").post("[]"));

            assertThat(get(stranger.as(KeyFile.key("viewer")), "/q/metrics").statusCode()).isEqualTo(200);
            assertThat(stranger.as(KeyFile.key("agent")).call("rpc.discover").result()).isNotNull();
        }
    }

    private static Response get(Rpc caller, String path) {
        Response response = caller.http().get(path);
        // frees the connection
        response.asString();
        return response;
    }

    private static void assertUnauthorized(String what, Response response) {
        assertThat(response.statusCode()).as(what).isEqualTo(401);
        assertThat(response.header("WWW-Authenticate")).as(what).isEqualTo("Bearer");
        assertThat(response.contentType()).as(what).startsWith("application/json");
        JsonNode error = Json.read(response.asString());
        assertThat(error.toString()).as(what).contains("Unauthenticated: ");
    }
}
