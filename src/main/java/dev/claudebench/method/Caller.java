package dev.claudebench.method;

import java.security.Principal;

import org.jspecify.annotations.Nullable;

/**
 * Who sends a request: the unit that rate limits count by.
 *
 * @param id {@code user:} and the name of the authenticated principal, else the remote address
 */
public record Caller(String id) {

    /**
     * Tells who calls from what is known of a request.
     *
     * @param principal the authenticated principal, null when there is none
     * @param remoteAddress the address that the request came from, or that a trusted proxy reported
     */
    public static Caller of(@Nullable Principal principal, String remoteAddress) {
        return new Caller(principal == null ? remoteAddress : "user:" + principal.getName());
    }
}
