package dev.claudebench.rpc;

import jakarta.ws.rs.core.SecurityContext;

import dev.claudebench.method.Caller;
import io.vertx.core.http.HttpServerRequest;

/** Tells who sends an HTTP request. */
public final class Callers {
    private Callers() {}

    public static Caller of(SecurityContext security, HttpServerRequest http) {
        String address = http.remoteAddress().hostAddress();
        // A proxy may report a name, or a word such as "unknown".
        return Caller.of(security.getUserPrincipal(), address == null ? http.remoteAddress().host() : address,
                http.response()::closed);
    }
}
