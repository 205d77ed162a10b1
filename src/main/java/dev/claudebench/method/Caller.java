package dev.claudebench.method;

import java.security.Principal;
import java.util.function.BooleanSupplier;

import org.jspecify.annotations.Nullable;

/**
 * The sender of a request. Rate limits count by caller.
 *
 * @param id {@code user:} and the name of the authenticated principal, else the remote address
 * @param isGone whether the connection has ended, so that nobody would get an answer
 */
public record Caller(String id, BooleanSupplier isGone) {

    /** A caller that stays until it has its answer. */
    public Caller(String id) {
        this(id, () -> false);
    }

    /** Identifies a caller without a principal by the remote address, as reported by a trusted proxy if there is one. */
    public static Caller of(@Nullable Principal principal, String remoteAddress, BooleanSupplier isGone) {
        return new Caller(principal == null ? remoteAddress : "user:" + principal.getName(), isGone);
    }
}
