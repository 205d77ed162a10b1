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

/**
 * An event of the stream.
 *
 * @param instances the instances that it is about
 * @param roles those of its payload, such as the roles that a created task requires; empty if it has none
 * @param encoded the event as a server-sent event; shared, must not be modified
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record StreamEvent(StreamId id, String type, Set<String> instances, Set<String> roles, byte[] encoded) {
    /** All types; docs/methods.md describes their payloads. */
    static final Set<String> TYPES = Set.of("instance.registered", "instance.unregistered", "instance.expired",
            "leader.elected", "task.created", "task.assigned", "task.claimed", "task.completed", "task.failed",
            "task.requeued", "task.dead", "task.released", "task.cancelled", "task.retried", "task.due",
            "task.unblocked");

    /** Members of a task event's payload that name an instance. */
    private static final List<String> WORKERS = List.of("workerId", "previousWorkerId");

    private static final Pattern TYPE = Pattern.compile("[a-z._]+");
    private static final Pattern LINE_BREAK = Pattern.compile("[\r\n]");

    public StreamEvent {
        instances = Set.copyOf(instances);
        roles = Set.copyOf(roles);
    }

    /** Reads an entry of the stream. Returns empty for an entry of a foreign writer that is not an event. */
    static Optional<StreamEvent> of(String id, @Nullable String type, @Nullable String payload) {
        if (type == null || payload == null || !TYPE.matcher(type).matches() || LINE_BREAK.matcher(payload).find()) {
            return Optional.empty();
        }
        return Json.readObject(payload)
                .map(read -> new StreamEvent(StreamId.parse(id), type, instancesOf(type, read), rolesOf(read),
                        ServerSentEvents.event(id, type, payload).getBytes(UTF_8)));
    }

    private static Set<String> rolesOf(ObjectNode payload) {
        Set<String> roles = new HashSet<>();
        payload.path("roles").forEach(role -> roles.add(role.asText()));
        return roles;
    }

    private static Set<String> instancesOf(String type, ObjectNode payload) {
        Set<String> named = new HashSet<>();
        if (!type.startsWith("task.")) {
            named.add(payload.path("id").asText());
        }
        WORKERS.forEach(member -> named.add(payload.path(member).asText()));
        return named;
    }
}
