package dev.claudebench.state;

import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.jspecify.annotations.Nullable;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.util.RawValue;

import dev.claudebench.method.Json;
import dev.claudebench.method.SchemaType;
import dev.claudebench.redis.Reply;
import dev.claudebench.task.Task;
import io.quarkus.runtime.annotations.RegisterForReflection;

/** A snapshot of the fleet. Times are in milliseconds since 1970, by the clock of Redis. */
@RegisterForReflection
record FleetState(
        @JsonPropertyDescription("when the fleet was in this state") long readAt,
        @JsonPropertyDescription("version of the global state; never decreases") long version,
        @JsonPropertyDescription("null if there is none") @Nullable Leader leader,
        @JsonPropertyDescription("live instances, role leader first; if too many, the last seen") List<Member> instances,
        @JsonPropertyDescription("those that have not ended: in progress, assigned, pending, scheduled, blocked") List<Task> tasks,
        @JsonPropertyDescription("newest first") List<Event> recentEvents,
        Totals totals,
        @JsonPropertyDescription("""
                                 whether instances or unfinished tasks are left out, because there are more than `limit` or \
                                 because they are large, or recent events because they are large""") boolean truncated) {

    record Leader(
            String id,
            @JsonPropertyDescription("term of its election, the fencing token") long term) {}

    /** An instance without its session id, which is a secret of its owner. */
    record Member(
            String id,
            @SchemaType(String[].class) RawValue roles,
            @SchemaType(ObjectNode.class) RawValue metadata,
            @JsonPropertyDescription("active") String status,
            @JsonPropertyDescription("healthy, or degraded if not seen for half its time to live") String health,
            @JsonPropertyDescription("in ms since 1970") long registeredAt,
            @JsonPropertyDescription("in ms since 1970") long lastSeen,
            @JsonPropertyDescription("maximum number of tasks that it has in progress, and is assigned, if it is a worker") int capacity,
            @JsonPropertyDescription("number of tasks that it has in progress") int inProgress,
            @JsonPropertyDescription("number of tasks that it is assigned and has not begun") int assigned,
            @JsonInclude(JsonInclude.Include.NON_NULL)
            @JsonPropertyDescription("principal that registered it; left out for an anonymous one")
            @Nullable String owner) {

        static Member from(Reply fields) {
            return new Member(fields.text("id"), Json.raw(fields.text("roles")), Json.raw(fields.text("metadata")),
                    fields.text("status"), fields.text("health"), fields.number("registeredAt"),
                    fields.number("lastSeen"), fields.count("capacity"), fields.count("inProgress"),
                    fields.count("assigned"), fields.text("owner").isEmpty() ? null : fields.text("owner"));
        }
    }

    record Event(
            @JsonPropertyDescription("id in the stream of events") String id,
            @JsonPropertyDescription("such as task.created") String type,
            @SchemaType(ObjectNode.class)
            @JsonPropertyDescription("the members depend on the type") RawValue payload) {

        /** Returns empty for an entry of the stream that is not an event of the service. */
        static Optional<Event> from(Reply fields) {
            String type = fields.textOrNull("type");
            String payload = fields.textOrNull("payload");
            return type == null || payload == null
                    ? Optional.empty()
                    : Json.readObject(payload).map(read -> new Event(fields.text("id"), type, Json.raw(payload)));
        }
    }

    /** How many there are, whether they are listed or not. */
    record Totals(
            @JsonPropertyDescription("live instances") long instances,
            @JsonPropertyDescription("tasks by status; ended ones as long as they are kept") Map<String, Long> tasks) {

        static Totals from(Reply reply) {
            return new Totals(reply.number("alive"), reply.field("counts").numbers());
        }
    }

    static FleetState from(Reply reply) {
        String leader = reply.text("leader");
        return new FleetState(reply.number("readAt"), reply.number("version"),
                leader.isEmpty() ? null : new Leader(leader, reply.number("term")),
                reply.list("instances").stream().map(Member::from).toList(),
                reply.list("tasks").stream().map(Task::from).toList(),
                reply.list("recentEvents").stream().flatMap(entry -> Event.from(entry).stream()).toList(),
                Totals.from(reply), reply.number("truncated") == 1);
    }
}
