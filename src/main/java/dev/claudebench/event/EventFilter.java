package dev.claudebench.event;

import java.util.Set;

/** Selects events by type and by the instances that they are about; an empty set selects all. */
record EventFilter(Set<String> types, Set<String> instances) {

    EventFilter {
        types = Set.copyOf(types);
        instances = Set.copyOf(instances);
    }

    boolean all() {
        return types.isEmpty() && instances.isEmpty();
    }

    boolean matches(StreamEvent event) {
        return (types.isEmpty() || types.contains(event.type()))
                && (instances.isEmpty() || event.instances().stream().anyMatch(instances::contains));
    }
}
