package dev.claudebench.event;

import static io.restassured.RestAssured.get;
import static org.awaitility.Awaitility.await;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.junit.jupiter.api.BeforeEach;

import dev.claudebench.support.FleetTest;
import dev.claudebench.support.SseClient;
import dev.claudebench.support.SseClient.Block;
import io.quarkus.test.junit.QuarkusTestProfile;

/** A test of the event feed, which no client follows when a test begins. */
abstract class EventFeedTest extends FleetTest {
    static final int MAX_CLIENTS = 6;
    static final int MAX_CLIENTS_PER_CALLER = 5;
    /** The position at the end of an empty stream. */
    static final String BEGINNING = "0-0";

    /** Frequent heartbeats and few clients. */
    public static class QuickHeartbeats implements QuarkusTestProfile {
        @Override
        public Map<String, String> getConfigOverrides() {
            return Map.of("claudebench.events.heartbeat", "300ms", "claudebench.events.max-clients",
                    String.valueOf(MAX_CLIENTS), "claudebench.events.max-clients-per-caller",
                    String.valueOf(MAX_CLIENTS_PER_CALLER), "quarkus.http.proxy.proxy-address-forwarding", "true");
        }
    }

    /** Wakes the reader of the previous test, which otherwise blocks in Redis for some seconds before it ends. */
    @BeforeEach
    void endReader() {
        awaitNoClients();
        blockedConnections().forEach(reader -> redis.execute("CLIENT", "UNBLOCK", reader));
    }

    static void awaitNoClients() {
        await().until(() -> metric("claudebench_events_clients") == 0);
    }

    SseClient follow() {
        return follow("");
    }

    /**
     * Follows new events. Connects again if the position is one of the previous test's stream: the reader of that test may still
     * run, without having seen that the stream was emptied.
     */
    SseClient follow(String query) {
        return await("a position at the end of the stream").until(() -> {
            SseClient client = SseClient.follow(service, query).awaitPosition();
            if (!client.lastEventId().equals(endOfStream())) {
                client.close();
            }
            return client;
        }, client -> client.lastEventId().equals(endOfStream()));
    }

    String endOfStream() {
        List<String> ids = streamIds();
        return ids.isEmpty() ? BEGINNING : ids.get(ids.size() - 1);
    }

    static List<String> ids(List<Block> events) {
        return events.stream().map(Block::id).toList();
    }

    List<String> streamIds() {
        List<String> ids = new ArrayList<>();
        redis.execute("XRANGE", "cb:stream:events", "-", "+").forEach(entry -> ids.add(entry.get(0).toString()));
        return ids;
    }

    /** Returns the ids of the connections that wait for events. */
    List<String> blockedConnections() {
        return text("CLIENT", "LIST").lines()
                .filter(line -> line.contains(" flags=b "))
                .map(line -> line.substring("id=".length(), line.indexOf(' ')))
                .toList();
    }

    static double metric(String name) {
        String metrics = get("/q/metrics").asString();
        Matcher matcher = Pattern.compile("(?m)^" + name + " (.*)$").matcher(metrics);
        return matcher.find() ? Double.parseDouble(matcher.group(1)) : -1;
    }
}
