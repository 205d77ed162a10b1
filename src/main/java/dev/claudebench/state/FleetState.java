package dev.claudebench.state;

import java.util.List;

import org.jspecify.annotations.Nullable;

import com.fasterxml.jackson.databind.util.RawValue;

import dev.claudebench.redis.Reply;
import dev.claudebench.rpc.Json;
import dev.claudebench.task.Task;

/**
 * The fleet at one moment. Times are in milliseconds since 1970, by the clock of Redis.
 *
 * @param version of the global state, which only ever rises
 * @param leader null when there is none
 * @param instances those alive, with the role leader first, then the longest registered; of too many, those seen last
 * @param tasks those in progress, then assigned, then pending, each in their order
 * @param recentEvents newest first
 */
record FleetState(long version, @Nullable Leader leader, List<Member> instances, List<Task> tasks,
        List<Event> recentEvents) {

    /** @param term the fencing token of its election */
    record Leader(String id, long term) {}

    /**
     * An instance, without its session id: that is what its owner proves itself by.
     *
     * @param health "healthy", or "degraded" once half its time to live has passed in silence
     */
    record Member(String id, RawValue roles, RawValue metadata, String status, String health, long registeredAt,
            long lastSeen) {

        static Member from(Reply fields) {
            return new Member(fields.text("id"), Json.raw(fields.text("roles")), Json.raw(fields.text("metadata")),
                    fields.text("status"), fields.text("health"), fields.number("registeredAt"),
                    fields.number("lastSeen"));
        }
    }

    /** @param id its place in the stream */
    record Event(String id, String type, RawValue payload) {
        static Event from(Reply fields) {
            return new Event(fields.text("id"), fields.text("type"), Json.raw(fields.text("payload")));
        }
    }

    static FleetState from(Reply reply) {
        String leader = reply.text("leader");
        return new FleetState(reply.number("version"),
                leader.isEmpty() ? null : new Leader(leader, reply.number("term")),
                reply.list("instances").stream().map(Member::from).toList(),
                reply.list("tasks").stream().map(Task::from).toList(),
                reply.list("recentEvents").stream().map(Event::from).toList());
    }
}
