package dev.claudebench.discover;

import java.util.Comparator;
import java.util.List;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Any;
import jakarta.enterprise.inject.Instance;

import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jspecify.annotations.Nullable;

import dev.claudebench.method.RpcMethod;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.infrastructure.Infrastructure;

/** Provides the OpenRPC document. Builds it at the first request rather than at start-up, which it would delay. */
@ApplicationScoped
class Discovery {
    private final Instance<RpcMethod<?, ?>> methods;
    private final String version;
    private volatile @Nullable OpenRpcDocument document;

    Discovery(@Any Instance<RpcMethod<?, ?>> methods,
            @ConfigProperty(name = "quarkus.application.version") String version) {
        this.methods = methods;
        this.version = version;
    }

    Uni<OpenRpcDocument> document() {
        OpenRpcDocument built = document;
        return built != null
                ? Uni.createFrom().item(built)
                // Building takes too long for an event loop.
                : Uni.createFrom().item(this::build).runSubscriptionOn(Infrastructure.getDefaultWorkerPool());
    }

    private synchronized OpenRpcDocument build() {
        OpenRpcDocument built = document;
        if (built == null) {
            List<RpcMethod<?, ?>> sorted = methods.stream().sorted(Comparator.comparing(RpcMethod::name)).toList();
            built = new DocumentBuilder(version, Example.all()).build(sorted);
            document = built;
        }
        return built;
    }
}
