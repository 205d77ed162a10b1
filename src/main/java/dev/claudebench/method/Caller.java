package dev.claudebench.method;

import java.security.Principal;

import org.jspecify.annotations.Nullable;

/**
 * The sender of a request. Rate limits count by caller.
 *
 * @param id {@code user:} and the name of the authenticated principal, else the remote address
 */
public record Caller(String id) {

    /** Identifies a caller without a principal by the remote address, as reported by a trusted proxy if there is one. */
    public static Caller of(@Nullable Principal principal, String remoteAddress) {
        return new Caller(principal == null ? remoteAddress : "user:" + principal.getName());
    }
}
