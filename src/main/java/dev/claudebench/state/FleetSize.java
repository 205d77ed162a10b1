package dev.claudebench.state;

import java.util.Map;

import dev.claudebench.redis.Reply;

/**
 * How large the fleet is and how its state stands.
 *
 * @param tasks number by status
 * @param roles number of instances by role
 */
record FleetSize(long instances, long leaders, long term, long version, Map<String, Long> tasks,
        Map<String, Long> roles) {
    FleetSize {
        tasks = Map.copyOf(tasks);
        roles = Map.copyOf(roles);
    }

    static FleetSize from(Reply reply) {
        return new FleetSize(reply.number("instances"), reply.number("leader"), reply.number("term"),
                reply.number("version"), reply.field("tasks").numbers(), reply.field("roles").numbers());
    }
}
