package dev.claudebench.event;

import static io.restassured.RestAssured.get;
import static io.restassured.RestAssured.given;
import static io.restassured.RestAssured.head;
import static io.restassured.RestAssured.post;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.notNullValue;
import static org.hamcrest.Matchers.startsWith;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import dev.claudebench.support.SseClient;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import io.restassured.specification.RequestSpecification;

/** How the service treats the clients of the feed. */
@QuarkusTest
@TestProfile(EventFeedTest.QuickHeartbeats.class)
class EventClientsTest extends EventFeedTest {
    @Test
    void clientThatDisconnectsAtOnceTakesNoPlace() throws IOException {
        String call = "POST /rpc HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}";
        String follow = "GET /events HTTP/1.1\r\nHost: localhost\r\n\r\n";
        for (int i = 0; i < 10 * MAX_CLIENTS; i++) {
            try (Socket socket = new Socket(service.getHost(), service.getPort())) {
                socket.getOutputStream().write((call + follow).getBytes(StandardCharsets.US_ASCII));
            }
        }
        awaitNoClients();
        follow().close();
    }

    @Test
    void heartbeatHasThePositionEvenIfNoEventMatches() {
        try (SseClient client = SseClient.follow(service, "?type=task.dead")) {
            register("w1", "worker");
            String newest = streamIds().get(1);
            assertThat(client.await(block -> block.id().equals(newest)).comment()).isEqualTo("heartbeat");
        }
    }

    @Test
    void oneReaderServesAllClients() {
        List<SseClient> clients = followAsManyAsAllowed();
        register("w1", "worker");
        clients.forEach(client -> assertThat(client.next(2)).hasSize(2));
        String reader = onlyBlockedConnection();

        // its connection is killed, and it opens another
        redis.execute("CLIENT", "KILL", "ID", reader);
        register("w2", "worker");
        clients.forEach(client -> assertThat(client.next().payload().get("id").asText()).isEqualTo("w2"));
        assertThat(onlyBlockedConnection()).isNotEqualTo(reader);
        clients.forEach(SseClient::close);
        await().until(() -> blockedConnections().isEmpty());
    }

    @Test
    void clientThatDoesNotReadIsDropped() throws IOException {
        try (Socket socket = new Socket()) {
            socket.setReceiveBufferSize(4096);
            socket.connect(new InetSocketAddress(service.getHost(), service.getPort()));
            socket.getOutputStream()
                    .write("GET /events?since=0 HTTP/1.1\r\nHost: localhost\r\n\r\n"
                            .getBytes(StandardCharsets.US_ASCII));
            String large = "{\"id\":\"" + "x".repeat(100_000) + "\"}";
            for (int i = 0; i < 300; i++) {
                redis.execute("XADD", "cb:stream:events", "*", "type", "task.created", "payload", large);
            }
            await().until(() -> metric("claudebench_events_clients_dropped_total") > 0);
            awaitNoClients();
        }
    }

    @ParameterizedTest
    @CsvSource({"?since=yesterday,since", "?since=,since", "?type=task.lost,type", "?instance=,instance",
            "?sinc=0,sinc"})
    void badParametersAreNamed(String query, String field) {
        get("/events" + query).then()
                .statusCode(400)
                .body("violations[0].field", equalTo(field))
                .body("error", equalTo("parameters are wrong"));
    }

    @Test
    void badLastEventIdIsNamed() {
        given().header("Last-Event-ID", "1-x")
                .get("/events")
                .then()
                .statusCode(400)
                .body("violations[0].field", equalTo("Last-Event-ID"));
    }

    @Test
    void otherVerbsAreNotAllowed() {
        post("/events").then().statusCode(405).header("Allow", equalTo("GET, HEAD"));
    }

    @Test
    void headEnds() {
        head("/events").then().statusCode(200).contentType("text/event-stream");
    }

    @Test
    void oneAddressLeavesPlacesForOthersAndClientsBeyondTheLimitAreRefusedUntilOneLeaves() throws IOException {
        List<SseClient> clients = followAsManyAsAllowed();
        assertRefused(given(), "no room for another client of this address, which has " + MAX_CLIENTS_PER_CALLER);
        try (Socket last = new Socket(service.getHost(), service.getPort())) {
            last.getOutputStream()
                    .write("GET /events HTTP/1.1\r\nHost: localhost\r\nX-Forwarded-For: 192.0.2.1\r\n\r\n"
                            .getBytes(StandardCharsets.US_ASCII));
            assertThat(new String(last.getInputStream().readNBytes(15), StandardCharsets.US_ASCII))
                    .isEqualTo("HTTP/1.1 200 OK");
            assertRefused(given().header("X-Forwarded-For", "192.0.2.2"), "no room for another client: retry later");
        }
        clients.forEach(SseClient::close);
        awaitNoClients();
        SseClient.follow(service, "").close();
    }

    private static void assertRefused(RequestSpecification client, String error) {
        client.get("/events")
                .then()
                .statusCode(503)
                .header("Retry-After", notNullValue())
                .contentType(startsWith("application/json"))
                .body("error", startsWith(error));
    }

    private List<SseClient> followAsManyAsAllowed() {
        return IntStream.range(0, MAX_CLIENTS_PER_CALLER).mapToObj(i -> follow()).toList();
    }

    private String onlyBlockedConnection() {
        await().until(() -> !blockedConnections().isEmpty());
        assertThat(blockedConnections()).hasSizeLessThanOrEqualTo(1);
        return await().until(() -> blockedConnections().stream().findFirst(), Optional::isPresent).orElseThrow();
    }
}
