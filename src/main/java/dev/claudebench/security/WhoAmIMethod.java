package dev.claudebench.security;

import static java.time.temporal.ChronoUnit.SECONDS;

import java.util.List;

import jakarta.annotation.security.RolesAllowed;
import jakarta.enterprise.context.ApplicationScoped;

import org.eclipse.microprofile.faulttolerance.CircuitBreaker;
import org.jspecify.annotations.Nullable;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;

import dev.claudebench.method.CallContext;
import dev.claudebench.method.NoParams;
import dev.claudebench.method.Permission;
import dev.claudebench.method.RateLimited;
import dev.claudebench.method.RpcMethod;
import io.quarkus.runtime.annotations.RegisterForReflection;
import io.quarkus.security.identity.SecurityIdentity;
import io.smallrye.faulttolerance.api.CircuitBreakerName;
import io.smallrye.mutiny.Uni;

/** {@code system.whoami}: tells a caller what it may do. Does not call Redis. */
@ApplicationScoped
@RegisterForReflection
class WhoAmIMethod implements RpcMethod<NoParams, WhoAmIMethod.Result> {
    private final SecurityIdentity identity;

    WhoAmIMethod(SecurityIdentity identity) {
        this.identity = identity;
    }

    record Result(
            @JsonPropertyDescription("name of the credentials; null for an anonymous caller")
            @Nullable String principal,
            @JsonPropertyDescription("of viewer, agent, lead and admin") List<String> permissions) {}

    @Override
    public String name() {
        return "system.whoami";
    }

    @Override
    public String description() {
        return "Returns who the caller is, and what it may do.";
    }

    @Override
    @RolesAllowed(Permission.VIEWER)
    @CircuitBreaker(delay = 1, delayUnit = SECONDS)
    @CircuitBreakerName("system.whoami")
    @RateLimited(limit = 0)
    public Uni<Result> call(NoParams params, CallContext context) {
        String principal = context.caller().principal();
        return Uni.createFrom()
                .item(new Result(principal.isEmpty() ? null : principal,
                        Permission.ALL.stream().filter(identity::hasRole).toList()));
    }
}
