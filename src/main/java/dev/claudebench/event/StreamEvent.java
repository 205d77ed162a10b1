package dev.claudebench.event;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

import com.fasterxml.jackson.databind.JsonNode;

import dev.claudebench.rpc.Json;

/** One event, as it is in the stream and as clients get it. */
final class StreamEvent {
    /** Every type that there is; the README says what their payloads hold. */
    static final Set<String> TYPES = Set.of("instance.registered", "instance.unregistered", "instance.expired",
            "leader.elected", "task.created", "task.assigned", "task.claimed", "task.completed", "task.failed",
            "task.requeued", "task.dead");

    /** Members of a task event's payload that name an instance. */
    private static final List<String> WORKERS = List.of("workerId", "previousWorkerId");

    private static final Pattern LINE_BREAK = Pattern.compile("[\r\n]");

    private final StreamId id;
    private final String type;
    private final String payload;
    private final byte[] encoded;
    /** Read when somebody asks; twice at worst, with the same result. */
    private volatile @Nullable Set<String> instances;

    /** @param payload JSON */
    private StreamEvent(StreamId id, String type, String payload) {
        this.id = id;
        this.type = type;
        this.payload = payload;
        this.encoded = ServerSentEvents.event(id.toString(), type, payload).getBytes(UTF_8);
    }

    /** Reads an entry of the stream; empty for one that none of our scripts has written. */
    static Optional<StreamEvent> of(String id, @Nullable String type, @Nullable String payload) {
        if (type == null || payload == null || LINE_BREAK.matcher(type + payload).find()) {
            return Optional.empty();
        }
        return Optional.of(new StreamEvent(StreamId.parse(id), type, payload));
    }

    StreamId id() {
        return id;
    }

    String type() {
        return type;
    }

    /** As a server-sent event. Shared by all who get it: not to be changed. */
    byte[] encoded() {
        return encoded;
    }

    /** The instances that it is about. */
    Set<String> instances() {
        Set<String> known = instances;
        if (known == null) {
            known = readInstances();
            instances = known;
        }
        return known;
    }

    private Set<String> readInstances() {
        JsonNode read;
        try {
            read = Json.read(payload);
        } catch (IllegalArgumentException e) {
            // written by somebody else: it is about nobody that we know
            return Set.of();
        }
        Set<String> named = new HashSet<>();
        if (!type.startsWith("task.")) {
            named.add(read.path("id").asText());
        }
        WORKERS.forEach(member -> named.add(read.path(member).asText()));
        return Set.copyOf(named);
    }
}
