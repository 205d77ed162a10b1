package dev.claudebench.event;

import static io.restassured.RestAssured.get;
import static io.restassured.RestAssured.given;
import static io.restassured.RestAssured.post;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.notNullValue;
import static org.hamcrest.Matchers.startsWith;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import dev.claudebench.method.Json;
import dev.claudebench.support.FleetTest;
import dev.claudebench.support.SseClient;
import dev.claudebench.support.SseClient.Block;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;

@QuarkusTest
@TestProfile(EventsTest.QuickHeartbeats.class)
class EventsTest extends FleetTest {
    private static final int MAX_CLIENTS = 5;
    /** Where an empty stream ends. */
    private static final String BEGINNING = "0-0";

    /** Heartbeats that a test can wait for, and room for few clients. */
    public static class QuickHeartbeats implements QuarkusTestProfile {
        @Override
        public Map<String, String> getConfigOverrides() {
            return Map.of("claudebench.events.heartbeat", "300ms", "claudebench.events.max-clients",
                    String.valueOf(MAX_CLIENTS));
        }
    }

    /** The reader of the test before waits in Redis for some seconds, if nothing wakes it, before it sees that nobody follows. */
    @BeforeEach
    void nobodyFollows() {
        awaitNobodyFollows();
        blockedConnections().forEach(reader -> redis.execute("CLIENT", "UNBLOCK", reader));
    }

    private static void awaitNobodyFollows() {
        await().until(() -> metric("claudebench_events_clients") == 0);
    }

    private SseClient follow() {
        return follow("");
    }

    /**
     * Follows what happens from now on. The reader of the test before may still be there, and does not know yet that the stream was
     * emptied: a client that is told a position of that stream connects again.
     */
    private SseClient follow(String query) {
        return await("a reader that knows where the stream ends").until(() -> {
            SseClient client = SseClient.follow(service, query).awaitMark();
            if (!client.lastEventId().equals(endOfStream())) {
                client.close();
            }
            return client;
        }, client -> client.lastEventId().equals(endOfStream()));
    }

    private String endOfStream() {
        List<String> ids = streamIds();
        return ids.isEmpty() ? BEGINNING : ids.get(ids.size() - 1);
    }

    private static List<String> ids(List<Block> events) {
        return events.stream().map(Block::id).toList();
    }

    private List<String> streamIds() {
        List<String> ids = new ArrayList<>();
        redis.execute("XRANGE", "cb:stream:events", "-", "+").forEach(entry -> ids.add(entry.get(0).toString()));
        return ids;
    }

    private void trimTo(int length) {
        redis.execute("XTRIM", "cb:stream:events", "MAXLEN", String.valueOf(length));
    }

    @Test
    void eventIsSentWithItsIdNameAndPayload() {
        createTask("one");
        try (SseClient client = follow()) {
            register("w1", "worker");

            List<Block> events = client.next(3);
            assertThat(events).extracting(Block::event)
                    .containsExactly("instance.registered", "leader.elected", "task.assigned");
            assertThat(ids(events)).as("events before are not sent").isEqualTo(streamIds().subList(1, 4));
            assertThat(Json.read(events.get(0).data()).get("type").asText()).isEqualTo("instance.registered");
            assertThat(events.get(0).payload()).isEqualTo(events("instance.registered").get(0));
            assertThat(events.get(2).payload()).isEqualTo(events("task.assigned").get(0));
        }
    }

    @Test
    void clientThatComesBackGoesOnAfterTheLastEventThatItHasSeen() {
        for (int i = 0; i < 700; i++) {
            redis.execute("XADD", "cb:stream:events", "*", "type", "task.created", "payload", "{\"id\":\"" + i + "\"}");
        }
        List<Block> seen = new ArrayList<>();
        String lastEventId = "0";
        for (int part : new int[]{1, 350, 348}) {
            try (SseClient client = SseClient.resume(service, "?since=5", lastEventId)) {
                seen.addAll(client.next(part));
                lastEventId = client.lastEventId();
            }
        }
        try (SseClient client = SseClient.resume(service, "", lastEventId)) {
            seen.add(client.next());
            register("w1", "worker");
            seen.addAll(client.next(2));
        }
        assertThat(ids(seen)).isEqualTo(streamIds());
    }

    @Test
    void clientThatHasSeenNoEventComesBackToWhereItBegan() {
        register("before", "worker");
        String lastEventId;
        try (SseClient client = follow()) {
            lastEventId = client.lastEventId();
        }
        register("between", "worker");
        try (SseClient client = SseClient.resume(service, "", lastEventId)) {
            assertThat(client.next().payload().get("id").asText()).isEqualTo("between");
        }
    }

    @Test
    void clientOfAnEmptySystemComesBackToItsBeginning() {
        String lastEventId;
        try (SseClient client = follow()) {
            lastEventId = client.lastEventId();
        }
        register("first", "worker");
        try (SseClient client = SseClient.resume(service, "", lastEventId)) {
            assertThat(client.next().event()).isEqualTo("instance.registered");
        }
    }

    @Test
    void sinceATimeBeginsWithTheEventsOfThatMillisecond() {
        for (String id : new String[]{"2000-0", "2001-0", "2001-1"}) {
            redis.execute("XADD", "cb:stream:events", id, "type", "task.created", "payload", "{}");
        }
        try (SseClient client = SseClient.follow(service, "?since=2001")) {
            assertThat(ids(client.next(2))).containsExactly("2001-0", "2001-1");
        }
    }

    @Test
    void filtersChooseByTypeAndByInstance() {
        try (SseClient elections = follow("?type=leader.elected&type=task.claimed");
                SseClient second = follow("?instance=w2");
                SseClient both = follow("?instance=w1&type=task.assigned")) {
            createTask("one");
            createTask("two");
            register("w1", "worker");
            register("w2", "worker");
            claimTask("w1");
            unregister("w2");

            assertThat(elections.next(2)).extracting(Block::event).containsExactly("leader.elected", "task.claimed");
            assertThat(second.next(3)).extracting(Block::event)
                    .containsExactly("instance.registered", "task.assigned", "instance.unregistered");
            assertThat(both.next(3)).as("assigned, assigned, and moved to another")
                    .extracting(Block::event)
                    .containsOnly("task.assigned");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "5", "1-1", "99999999999999-1"})
    void streamBeginsWithAGapWhenThePositionIsNotRetained(String since) {
        register("w1", "worker");
        register("w2", "worker");
        trimTo(1);
        try (SseClient client = SseClient.follow(service, "?since=" + since)) {
            Block first = client.next();
            assertThat(first.event()).isEqualTo("gap");
            assertThat(first.id()).isEmpty();
            assertThat(first.payload())
                    .hasToString("{\"since\":\"" + since + "\",\"resumedAt\":\"" + streamIds().get(0) + "\"}");
            register("w3", "worker");
            assertThat(ids(client.next(2))).isEqualTo(streamIds());
        }
    }

    @Test
    void gapHasThePositionsBeforeAndAfterIt() {
        register("w1", "worker");
        register("w2", "worker");
        String seen = streamIds().get(0);
        trimTo(1);
        try (SseClient client = SseClient.resume(service, "", seen)) {
            assertThat(client.next().payload())
                    .hasToString("{\"since\":\"" + seen + "\",\"resumedAt\":\"" + streamIds().get(0) + "\"}");
        }
    }

    @Test
    void streamHasNoGapWhenNothingIsMissing() {
        register("w1", "worker");
        String first = streamIds().get(0);
        for (String since : new String[]{"0", "1000", first}) {
            try (SseClient client = SseClient.follow(service, "?since=" + since)) {
                assertThat(client.next().event()).as(since).isNotEqualTo("gap");
            }
        }
    }

    @Test
    void clientThatFollowsWhileRedisIsEmptiedGetsAGapAndGoesOn() {
        register("w1", "worker");
        try (SseClient client = follow()) {
            register("w2", "worker");
            assertThat(client.next().payload().get("id").asText()).isEqualTo("w2");
            redis.flushall();
            register("w3", "worker");
            assertThat(client.next().event()).isEqualTo("gap");
            assertThat(client.next().payload().get("id").asText()).isEqualTo("w3");
        }
    }

    @Test
    void clientOfAnEmptySystemGetsAGapWhenTheFirstEventsAreTrimmedAtOnce() {
        try (SseClient client = follow()) {
            redis.execute("EVAL",
                    "for i = 1, 5000 do redis.call('XADD', KEYS[1], 'MAXLEN', 100, '*', 'type', 'task.created',"
                            + " 'payload', '{}') end",
                    "1", "cb:stream:events");
            assertThat(client.next().event()).isEqualTo("gap");
            assertThat(ids(client.next(100))).isEqualTo(streamIds());
        }
    }

    @Test
    void entriesThatAreNoEventsAreSkipped() {
        register("w1", "worker");
        for (String[] fields : new String[][]{{"type", "task.created"}, {"payload", "{}"}, {"a", "b"},
                {"type", "task.created", "payload", "no JSON"}, {"type", "task.created", "payload", "{} {}"},
                {"type", "task\ncreated", "payload", "{}"}}) {
            redis.execute("XADD",
                    Stream.concat(Stream.of("cb:stream:events", "*"), Stream.of(fields)).toArray(String[]::new));
        }
        redis.execute("XADD", "cb:stream:events", "18446744073709551614-1", "type", "task.created", "payload", "{}");
        try (SseClient client = SseClient.follow(service, "?since=0")) {
            assertThat(client.next(3)).extracting(Block::event)
                    .containsExactly("instance.registered", "leader.elected", "task.created");
        }
        assertThat(state().get("recentEvents").findValuesAsText("type")).contains("instance.registered");
        redis.flushall();
    }

    @Test
    void clientThatIsGoneBeforeItIsSentAnythingTakesNoPlace() throws IOException {
        String call = "POST /rpc HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}";
        String follow = "GET /events HTTP/1.1\r\nHost: x\r\n\r\n";
        for (int i = 0; i < 10 * MAX_CLIENTS; i++) {
            try (Socket socket = new Socket(service.getHost(), service.getPort())) {
                socket.getOutputStream().write((call + follow).getBytes(StandardCharsets.US_ASCII));
            }
        }
        awaitNobodyFollows();
        follow().close();
    }

    @Test
    void heartbeatHasThePositionThoughNoEventPassedTheFilter() {
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

    private List<SseClient> followAsManyAsAllowed() {
        return IntStream.range(0, MAX_CLIENTS).mapToObj(i -> follow()).toList();
    }

    private String onlyBlockedConnection() {
        await().until(() -> !blockedConnections().isEmpty());
        assertThat(blockedConnections()).hasSizeLessThanOrEqualTo(1);
        return await().until(() -> blockedConnections().stream().findFirst(), Optional::isPresent).orElseThrow();
    }

    /** Those that wait for events. */
    private List<String> blockedConnections() {
        return text("CLIENT", "LIST").lines()
                .filter(line -> line.contains(" flags=b "))
                .map(line -> line.substring("id=".length(), line.indexOf(' ')))
                .toList();
    }

    @Test
    void clientThatDoesNotReadIsDropped() throws IOException {
        try (Socket socket = new Socket()) {
            socket.setReceiveBufferSize(4096);
            socket.connect(new InetSocketAddress(service.getHost(), service.getPort()));
            socket.getOutputStream()
                    .write("GET /events?since=0 HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            String large = "{\"id\":\"" + "x".repeat(100_000) + "\"}";
            for (int i = 0; i < 300; i++) {
                redis.execute("XADD", "cb:stream:events", "*", "type", "task.created", "payload", large);
            }
            await().until(() -> metric("claudebench_events_clients_dropped_total") > 0);
            awaitNobodyFollows();
        }
    }

    private static double metric(String name) {
        String metrics = get("/q/metrics").asString();
        Matcher matcher = Pattern.compile("(?m)^" + name + " (.*)$").matcher(metrics);
        return matcher.find() ? Double.parseDouble(matcher.group(1)) : -1;
    }

    @ParameterizedTest
    @CsvSource({"?since=yesterday,since", "?since=,since", "?type=task.lost,type", "?instance=,instance"})
    void badParametersAreNamed(String query, String field) {
        get("/events" + query).then().statusCode(400).body("violations[0].field", equalTo(field));
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
        post("/events").then().statusCode(405).header("Allow", containsString("GET"));
    }

    @Test
    void clientsBeyondTheLimitAreRefusedUntilOneGoes() {
        List<SseClient> clients = followAsManyAsAllowed();
        get("/events").then()
                .statusCode(503)
                .header("Retry-After", notNullValue())
                .contentType(startsWith("application/json"));
        clients.forEach(SseClient::close);
        awaitNobodyFollows();
        SseClient.follow(service, "").close();
    }

    @Test
    void typesAreThoseThatTheScriptsEmitAndTheReadmeLists() throws IOException {
        Set<String> emitted = new TreeSet<>();
        try (Stream<Path> scripts = Files.walk(Path.of("src/main/resources/lua"))) {
            for (Path script : scripts.filter(Files::isRegularFile).toList()) {
                Matcher call = Pattern.compile("emitEvent\\(ctx, '([^']+)'").matcher(Files.readString(script));
                while (call.find()) {
                    emitted.add(call.group(1));
                }
            }
        }
        Set<String> documented = new TreeSet<>();
        String readme = Files.readString(Path.of("README.md"));
        Matcher row = Pattern.compile("(?m)^\\| `((?:instance|leader|task)\\.[a-z]+)` \\| `[^|]+\\| [a-z]")
                .matcher(readme.substring(readme.indexOf("Events and their payloads")));
        while (row.find()) {
            documented.add(row.group(1));
        }
        assertThat(StreamEvent.TYPES).isEqualTo(emitted).isEqualTo(documented);
    }
}
