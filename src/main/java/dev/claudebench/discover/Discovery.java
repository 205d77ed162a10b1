package dev.claudebench.discover;

import java.util.Comparator;
import java.util.List;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Any;
import jakarta.enterprise.inject.Instance;

import org.eclipse.microprofile.config.inject.ConfigProperty;

import dev.claudebench.rpc.RpcMethod;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.infrastructure.Infrastructure;

/** Holds the document of this service. Made when it is first asked for: few ask, and all would wait for it at start-up. */
@ApplicationScoped
class Discovery {
    private final Uni<OpenRpcDocument> document;

    Discovery(@Any Instance<RpcMethod<?, ?>> methods,
            @ConfigProperty(name = "quarkus.application.version") String version) {
        // on a worker thread, since it takes longer than an event loop may be kept from its work
        this.document = Uni.createFrom()
                .item(() -> describe(methods, version))
                .runSubscriptionOn(Infrastructure.getDefaultWorkerPool())
                .memoize()
                .indefinitely();
    }

    private static OpenRpcDocument describe(Instance<RpcMethod<?, ?>> methods, String version) {
        List<RpcMethod<?, ?>> sorted = methods.stream().sorted(Comparator.comparing(RpcMethod::name)).toList();
        return new DocumentBuilder(version, Example.story()).build(sorted);
    }

    Uni<OpenRpcDocument> document() {
        return document;
    }
}
