package dev.claudebench.discover;

import static java.time.temporal.ChronoUnit.SECONDS;

import java.nio.charset.StandardCharsets;

import jakarta.annotation.security.RolesAllowed;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Any;
import jakarta.enterprise.inject.Instance;

import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.eclipse.microprofile.faulttolerance.CircuitBreaker;

import dev.claudebench.method.CallContext;
import dev.claudebench.method.CallGuard;
import dev.claudebench.method.NoParams;
import dev.claudebench.method.Permission;
import dev.claudebench.method.RateLimited;
import dev.claudebench.method.RpcMethod;
import dev.claudebench.method.SharedJson;
import io.quarkus.runtime.annotations.RegisterForReflection;
import io.quarkus.vertx.http.HttpServer;
import io.smallrye.faulttolerance.api.CircuitBreakerName;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.infrastructure.Infrastructure;

/** {@code rpc.discover}: returns the OpenRPC document of the service. Does not call Redis. */
@ApplicationScoped
@RegisterForReflection
class DiscoverMethod implements RpcMethod<NoParams, DiscoverMethod.Document> {
    private final Uni<Document> document;

    DiscoverMethod(@Any Instance<RpcMethod<?, ?>> methods,
            @ConfigProperty(name = "quarkus.application.version") String version, HttpServer http, CallGuard guard) {
        // Built at the first request, off the event loop, because it would delay the start-up.
        document = Uni.createFrom()
                .item(() -> new Document(
                        new DocumentBuilder(version, http.getLocalBaseUri().resolve("/rpc"), guard).build(methods)
                                .getBytes(StandardCharsets.UTF_8)))
                .runSubscriptionOn(Infrastructure.getDefaultWorkerPool())
                .memoize()
                .indefinitely();
    }

    /** The OpenRPC document. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    @RegisterForReflection
    record Document(byte[] json) implements SharedJson {}

    Uni<Document> document() {
        return document;
    }

    @Override
    public String name() {
        return "rpc.discover";
    }

    @Override
    public String description() {
        return "Describes the service: this document.";
    }

    @Override
    @RolesAllowed(Permission.VIEWER)
    @CircuitBreaker(delay = 1, delayUnit = SECONDS)
    @CircuitBreakerName("rpc.discover")
    @RateLimited(limit = 0)
    public Uni<Document> call(NoParams params, CallContext context) {
        return document;
    }
}
