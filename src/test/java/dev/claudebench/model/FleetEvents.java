package dev.claudebench.model;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

import org.jspecify.annotations.NullMarked;

/** What a call has to emit by the model, and what it did emit. */
@NullMarked
final class FleetEvents {
    private final List<String> expected = new ArrayList<>();
    private Map<String, Long> observedTerms = Map.of();
    private Map<String, Long> observedClaims = Map.of();

    void begin(List<FleetSnapshot.Event> emitted) {
        expected.clear();
        observedTerms = numbers(emitted, "leader.elected", "term");
        observedClaims = numbers(emitted, "task.claimed", "claim");
    }

    private static Map<String, Long> numbers(List<FleetSnapshot.Event> emitted, String type, String number) {
        return emitted.stream()
                .filter(event -> event.type().equals(type))
                .collect(Collectors.toMap(event -> event.payload().path("id").asText(),
                        event -> event.payload().path(number).longValue(), Math::max));
    }

    List<String> expected() {
        return expected;
    }

    /** The term that the election of this leader was given, which is any number greater than the last. */
    long termOf(String leader, long last) {
        return observedTerms.getOrDefault(leader, last + 1);
    }

    /** The number that the claim of this task was given, which is any number greater than the last. */
    long claimOf(String task, long last) {
        return observedClaims.getOrDefault(task, last + 1);
    }

    /** @param members names and values in turn */
    void emit(String type, Object... members) {
        expected.add(text(type, members));
    }

    /** An event as {@link FleetSnapshot.Event#text} has it. */
    static String text(String type, Object... members) {
        Map<String, Object> payload = new TreeMap<>();
        for (int i = 0; i < members.length; i += 2) {
            payload.put((String) members[i], members[i + 1]);
        }
        return type + payload;
    }

    static String quoted(String text) {
        return '"' + text + '"';
    }

    static String json(List<String> roles) {
        return roles.isEmpty() ? "[]" : "[\"" + String.join("\",\"", roles) + "\"]";
    }
}
