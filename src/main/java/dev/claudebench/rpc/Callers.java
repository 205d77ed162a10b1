package dev.claudebench.rpc;

import java.util.TreeSet;

import jakarta.enterprise.context.ApplicationScoped;

import dev.claudebench.method.Bench;
import dev.claudebench.method.Caller;
import dev.claudebench.method.Grant;
import dev.claudebench.method.Permission;
import io.quarkus.security.ForbiddenException;
import io.quarkus.security.identity.SecurityIdentity;
import io.vertx.core.http.HttpServerRequest;

/** Tells who sends an HTTP request. */
@ApplicationScoped
public class Callers {
    private final SecurityIdentity identity;

    Callers(SecurityIdentity identity) {
        this.identity = identity;
    }

    /**
     * Returns the caller of the current request, which is for a bench.
     *
     * @throws ForbiddenException if its credentials are for other benches
     */
    public Caller of(HttpServerRequest http, Bench bench) {
        Grant grant = identity.getAttribute(Grant.ATTRIBUTE) instanceof Grant granted ? granted : Grant.ALL;
        String principal = identity.isAnonymous() ? "" : identity.getPrincipal().getName();
        Caller caller = new Caller(principal.isEmpty() ? addressOf(http) : "user:" + principal, principal,
                identity.hasRole(Permission.ADMIN), grant.benches(), grant.limits(),
                () -> http.response().closed() || grant.isOver().getAsBoolean());
        if (!caller.mayUse(bench)) {
            throw new ForbiddenException("the credentials are for these benches alone, at /bench/<name>: "
                    + String.join(", ", new TreeSet<>(grant.benches())));
        }
        return caller;
    }

    private static String addressOf(HttpServerRequest http) {
        String address = http.remoteAddress().hostAddress();
        // A proxy may report a name, or a word such as "unknown".
        return address == null ? http.remoteAddress().host() : address;
    }
}
