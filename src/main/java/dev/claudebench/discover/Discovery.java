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

/** Holds the document of this service. Made when it is first asked for: few ask, and all would wait for it at start-up. */
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
        OpenRpcDocument made = document;
        return made != null
                ? Uni.createFrom().item(made)
                // it takes longer than an event loop may be kept from its work
                : Uni.createFrom().item(this::make).runSubscriptionOn(Infrastructure.getDefaultWorkerPool());
    }

    private synchronized OpenRpcDocument make() {
        OpenRpcDocument made = document;
        if (made == null) {
            List<RpcMethod<?, ?>> sorted = methods.stream().sorted(Comparator.comparing(RpcMethod::name)).toList();
            made = new DocumentBuilder(version, Example.story()).build(sorted);
            document = made;
        }
        return made;
    }
}
