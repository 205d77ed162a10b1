package dev.claudebench.method;

import java.util.Map;
import java.util.Set;
import java.util.function.BooleanSupplier;

/**
 * What credentials grant beside permissions.
 *
 * @param benches the only benches that they are for, empty for all
 * @param limits rate limits by method, in calls in its window, instead of the configured ones; 0 for none
 * @param isOver whether they have been revoked or have expired
 */
public record Grant(Set<String> benches, Map<String, Integer> limits, BooleanSupplier isOver) {
    /** The attribute of a {@code SecurityIdentity} that holds its grant. */
    public static final String ATTRIBUTE = "claudebench.grant";
    public static final Grant ALL = new Grant(Set.of(), Map.of(), () -> false);

    public Grant {
        benches = Set.copyOf(benches);
        limits = Map.copyOf(limits);
    }
}
