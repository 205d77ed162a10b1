package dev.claudebench.model;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

import org.jspecify.annotations.NullMarked;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;

import dev.claudebench.method.Json;
import io.vertx.redis.client.Response;

/** Everything that Redis held at one moment. Keys are named without their prefix; what is not there is empty. */
@NullMarked
final class FleetSnapshot {
    /** Before anything has happened. */
    static final FleetSnapshot EMPTY = new FleetSnapshot(List.of(), "");

    private static final String EVENTS = "stream:events";
    private static final Entry NOTHING = new Entry("none", -1, List.of());

    private final Map<String, Entry> entries = new TreeMap<>();
    /** Read once, since the checks come back to them again and again. */
    private final Map<String, Map<String, String>> hashes = new HashMap<>();
    private final Map<String, Map<String, Double>> zsets = new HashMap<>();

    private record Entry(String type, long expiresAt, List<String> content) {}

    /** @param reply that of {@code snapshot.lua} */
    FleetSnapshot(Iterable<Response> reply, String prefix) {
        for (Response entry : reply) {
            List<String> content = new ArrayList<>();
            entry.get(3).forEach(element -> content.add(element.toString()));
            String key = entry.get(0).toString();
            if (!key.startsWith(prefix)) {
                throw new AssertionError("a key without the prefix: " + key);
            }
            entries.put(key.substring(prefix.length()),
                    new Entry(entry.get(1).toString(), Long.parseLong(entry.get(2).toString()), content));
        }
    }

    /** The same, when nothing has happened since. */
    FleetSnapshot withoutEvents() {
        FleetSnapshot same = new FleetSnapshot(List.of(), "");
        same.entries.putAll(entries);
        same.entries.remove(EVENTS);
        return same;
    }

    Set<String> keys() {
        return entries.keySet();
    }

    String type(String key) {
        return entry(key).type();
    }

    String text(String key) {
        List<String> content = entry(key).content();
        return content.isEmpty() ? "" : content.get(0);
    }

    List<String> list(String key) {
        return entry(key).content();
    }

    Set<String> set(String key) {
        return new TreeSet<>(entry(key).content());
    }

    Map<String, String> hash(String key) {
        return hashes.computeIfAbsent(key, any -> {
            Map<String, String> fields = new TreeMap<>();
            List<String> content = entry(key).content();
            for (int i = 0; i < content.size(); i += 2) {
                fields.put(content.get(i), content.get(i + 1));
            }
            return Collections.unmodifiableMap(fields);
        });
    }

    /** Members and scores in their order. */
    Map<String, Double> zset(String key) {
        return zsets.computeIfAbsent(key, any -> {
            Map<String, Double> members = new LinkedHashMap<>();
            List<String> content = entry(key).content();
            for (int i = 0; i < content.size(); i += 2) {
                members.put(content.get(i), Double.valueOf(content.get(i + 1)));
            }
            return Collections.unmodifiableMap(members);
        });
    }

    double score(String key, String member) {
        Double score = zset(key).get(member);
        if (score == null) {
            throw new NoSuchElementException(key + " has no " + member);
        }
        return score;
    }

    /** The newest version of the state, 0 for none. */
    long version() {
        return Long.parseLong(hash("state:global").getOrDefault("version", "0"));
    }

    /** The newest term, 0 for none. */
    long term() {
        String term = text("leader:term");
        return term.isEmpty() ? 0 : Long.parseLong(term);
    }

    /** When a key expires, -1 for never. */
    long expiresAt(String key) {
        return entry(key).expiresAt();
    }

    /** The ids behind a prefix of keys: {@code instance:a} and {@code instance:b} give {@code a} and {@code b}. */
    Set<String> idsOf(String prefix) {
        Set<String> ids = new TreeSet<>();
        entries.keySet()
                .stream()
                .filter(key -> key.startsWith(prefix))
                .map(key -> key.substring(prefix.length()))
                .forEach(ids::add);
        return ids;
    }

    /** The events that followed the snapshot before this one, oldest first. */
    List<Event> events() {
        List<Event> events = new ArrayList<>();
        List<String> content = entry(EVENTS).content();
        for (int i = 0; i < content.size(); i += 3) {
            events.add(Event.of(content.get(i), content.get(i + 1), content.get(i + 2)));
        }
        return events;
    }

    private Entry entry(String key) {
        return entries.getOrDefault(key, NOTHING);
    }

    /**
     * An event.
     *
     * @param text its type and its payload without times, in one way of writing
     */
    record Event(String id, String type, String text, JsonNode payload) {
        private static Event of(String id, String type, String payload) {
            Map<String, JsonNode> members = new TreeMap<>();
            JsonNode read = Json.read(payload);
            read.properties().forEach(member -> members.put(member.getKey(), member.getValue()));
            members.remove("timestamp");
            members.computeIfPresent("retryAt", (name, time) -> TextNode.valueOf("a time"));
            return new Event(id, type, type + members, read);
        }
    }
}
