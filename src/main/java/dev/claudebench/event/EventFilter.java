package dev.claudebench.event;

import java.util.Set;

/**
 * What a client wants to see.
 *
 * @param types types of events, empty for all
 * @param instances ids of the instances that events are about, empty for all
 */
record EventFilter(Set<String> types, Set<String> instances) {

    EventFilter {
        types = Set.copyOf(types);
        instances = Set.copyOf(instances);
    }

    /** Whether every event matches. */
    boolean all() {
        return types.isEmpty() && instances.isEmpty();
    }

    boolean matches(StreamEvent event) {
        return (types.isEmpty() || types.contains(event.type()))
                && (instances.isEmpty() || event.instances().stream().anyMatch(instances::contains));
    }
}
