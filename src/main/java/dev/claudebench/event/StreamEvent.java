package dev.claudebench.event;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

import com.fasterxml.jackson.databind.node.ObjectNode;

import dev.claudebench.method.Json;

/** One event, as it is in the stream and as clients get it. */
final class StreamEvent {
    /** Every type that there is; the README says what their payloads hold. */
    static final Set<String> TYPES = Set.of("instance.registered", "instance.unregistered", "instance.expired",
            "leader.elected", "task.created", "task.assigned", "task.claimed", "task.completed", "task.failed",
            "task.requeued", "task.dead");

    /** Members of a task event's payload that name an instance. */
    private static final List<String> WORKERS = List.of("workerId", "previousWorkerId");

    private static final Pattern TYPE = Pattern.compile("[a-z._]+");
    private static final Pattern LINE_BREAK = Pattern.compile("[\r\n]");

    private final StreamId id;
    private final String type;
    private final Set<String> instances;
    private final byte[] encoded;

    private StreamEvent(StreamId id, String type, Set<String> instances, byte[] encoded) {
        this.id = id;
        this.type = type;
        this.instances = instances;
        this.encoded = encoded;
    }

    /** Reads an entry of the stream; empty for one that is no event, which somebody else has put there. */
    static Optional<StreamEvent> of(String id, @Nullable String type, @Nullable String payload) {
        if (type == null || payload == null || !TYPE.matcher(type).matches() || LINE_BREAK.matcher(payload).find()) {
            return Optional.empty();
        }
        return Json.readObject(payload)
                .map(read -> new StreamEvent(StreamId.parse(id), type, instancesOf(type, read),
                        ServerSentEvents.event(id, type, payload).getBytes(UTF_8)));
    }

    private static Set<String> instancesOf(String type, ObjectNode payload) {
        Set<String> named = new HashSet<>();
        if (!type.startsWith("task.")) {
            named.add(payload.path("id").asText());
        }
        WORKERS.forEach(member -> named.add(payload.path(member).asText()));
        return Set.copyOf(named);
    }

    StreamId id() {
        return id;
    }

    String type() {
        return type;
    }

    /** The instances that it is about. */
    Set<String> instances() {
        return instances;
    }

    /** As a server-sent event. Shared by all who get it: not to be changed. */
    byte[] encoded() {
        return encoded;
    }
}
