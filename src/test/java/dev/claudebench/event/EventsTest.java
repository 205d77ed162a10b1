package dev.claudebench.event;

import static io.restassured.RestAssured.get;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import dev.claudebench.method.Json;
import dev.claudebench.support.Docs;
import dev.claudebench.support.SseClient;
import dev.claudebench.support.SseClient.Block;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;

/** Which events a client gets, and from which position on. */
@QuarkusTest
@TestProfile(EventFeedTest.QuickHeartbeats.class)
class EventsTest extends EventFeedTest {
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
    void clientResumesAfterItsLastEvent() {
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
    void clientWithoutEventsResumesAtItsFirstPosition() {
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
    void clientOfAnEmptySystemResumesAtTheBeginning() {
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
    void sinceATimeInTheFutureBeginsNow() {
        register("w1", "worker");
        try (SseClient client = SseClient.follow(service, "?since=9999999999999")) {
            client.awaitPosition();
            register("w2", "worker");
            assertThat(client.next().payload().get("id").asText()).isEqualTo("w2");
        }
    }

    @Test
    void filtersSelectByTypeAndInstance() {
        try (SseClient elections = follow("?type=leader.elected&type=task.claimed");
                SseClient second = follow("?instance=w2");
                SseClient both = follow("?instance=w1&type=task.assigned")) {
            createTask("one");
            createTask("two");
            register("w1", "worker");
            createTask("three");
            register("w2", "worker");
            claimTask("w1");
            unregister("w2");

            assertThat(elections.next(2)).extracting(Block::event).containsExactly("leader.elected", "task.claimed");
            assertThat(second.next(4)).extracting(Block::event)
                    .containsExactly("instance.registered", "task.assigned", "task.requeued", "instance.unregistered");
            assertThat(both.next(2)).extracting(Block::event).containsOnly("task.assigned");
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
    void followerGetsAGapWhenRedisIsEmptied() {
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
    void entriesThatAreNotEventsAreSkipped() {
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
    void typesAreThoseThatTheScriptsEmitAndTheDocsList() throws IOException {
        Set<String> emitted = new TreeSet<>();
        try (Stream<Path> scripts = Files.walk(Path.of("src/main/resources/lua"))) {
            for (Path script : scripts.filter(Files::isRegularFile).toList()) {
                Matcher call = Pattern.compile("emit(?:Task)?Event\\(ctx, '([^']+)'").matcher(Files.readString(script));
                while (call.find()) {
                    emitted.add(call.group(1));
                }
            }
        }
        Set<String> documented = new TreeSet<>();
        String page = Docs.text("methods.md");
        Matcher row = Pattern.compile("(?m)^\\| `((?:instance|leader|task)\\.[a-z]+)` \\| `[^|]+\\| [a-z]")
                .matcher(page.substring(page.indexOf("Events and their payloads")));
        while (row.find()) {
            documented.add(row.group(1));
        }
        assertThat(StreamEvent.TYPES).isEqualTo(emitted).isEqualTo(documented);
    }
}
