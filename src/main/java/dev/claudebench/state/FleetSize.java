package dev.claudebench.state;

import java.time.Duration;
import java.util.Map;

import dev.claudebench.redis.Reply;

/**
 * How large the fleet is and how its state stands.
 *
 * @param tasks number by status
 * @param roles number of instances by role
 * @param pendingAge how long ago the task that is to be given out next was created, zero with none pending
 * @param totals what has happened since Redis was empty: number by field of {@code cb:metrics:global}
 */
record FleetSize(long instances, long leaders, long term, long version, Map<String, Long> tasks,
        Map<String, Long> roles, Duration pendingAge, Map<String, Long> totals) {
    FleetSize {
        tasks = Map.copyOf(tasks);
        roles = Map.copyOf(roles);
        totals = Map.copyOf(totals);
    }

    static FleetSize from(Reply reply) {
        return new FleetSize(reply.number("instances"), reply.number("leader"), reply.number("term"),
                reply.number("version"), reply.field("tasks").numbers(), reply.field("roles").numbers(),
                Duration.ofMillis(reply.number("pendingAge")), reply.field("totals").numbers());
    }
}
