package dev.claudebench.event;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.StreamSupport;

import io.vertx.mutiny.redis.client.Response;

/** An entry of the stream as Redis replies it: the id, then each field with its value after it. */
record StreamEntry(StreamId id, Map<String, String> fields) {

    StreamEntry {
        fields = Map.copyOf(fields);
    }

    static List<StreamEntry> list(Response entries) {
        return StreamSupport.stream(entries.spliterator(), false).map(StreamEntry::read).toList();
    }

    private static StreamEntry read(Response entry) {
        Response flat = entry.get(1);
        Map<String, String> fields = new HashMap<>();
        for (int i = 0; i < flat.size(); i += 2) {
            fields.put(flat.get(i).toString(), flat.get(i + 1).toString());
        }
        return new StreamEntry(StreamId.parse(entry.get(0).toString()), fields);
    }

    /** Returns empty for an entry of a foreign writer that is not an event. */
    Optional<StreamEvent> event() {
        return StreamEvent.of(id.toString(), fields.get("type"), fields.get("payload"));
    }
}
