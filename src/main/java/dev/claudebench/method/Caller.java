package dev.claudebench.method;

import java.util.Map;
import java.util.Set;
import java.util.function.BooleanSupplier;

/**
 * The sender of a request.
 *
 * @param id by which rate limits count: {@code user:} and the name of the principal, else the remote address
 * @param principal the name of the authenticated principal, empty for an anonymous caller
 * @param ownsAll whether it may act for the instances of others
 * @param benches the only benches that it may use, empty for all
 * @param limits rate limits of its own, by method
 * @param isGone whether nobody would get an answer: the connection has ended, or the credentials have been revoked
 */
public record Caller(String id, String principal, boolean ownsAll, Set<String> benches, Map<String, Integer> limits,
        BooleanSupplier isGone) {

    public Caller {
        benches = Set.copyOf(benches);
        limits = Map.copyOf(limits);
    }

    /** An anonymous caller that stays until it has its answer. */
    public Caller(String id) {
        this(id, "", true, Set.of(), Map.of(), () -> false);
    }

    public boolean mayUse(Bench bench) {
        return benches.isEmpty() || benches.contains(bench.name());
    }
}
