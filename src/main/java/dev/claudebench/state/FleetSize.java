package dev.claudebench.state;

import java.time.Duration;
import java.util.Map;

import dev.claudebench.redis.Reply;

/**
 * The size of the fleet.
 *
 * @param leaders 1 if there is a leader, else 0
 * @param tasks number of tasks by status
 * @param roles number of instances by role
 * @param pendingAge age of the pending task that is next to be assigned, zero if none is pending
 * @param totals number of events since Redis was empty, by field of {@code cb:metrics:global}
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
