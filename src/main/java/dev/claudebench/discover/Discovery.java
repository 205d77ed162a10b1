package dev.claudebench.discover;

import java.util.Comparator;
import java.util.List;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Any;
import jakarta.enterprise.inject.Instance;

import org.eclipse.microprofile.config.inject.ConfigProperty;

import dev.claudebench.rpc.RpcMethod;
import io.quarkus.runtime.Startup;

/** Holds the document of this service. Made at start-up, so that a method that cannot be described is found then. */
@ApplicationScoped
@Startup
class Discovery {
    private final OpenRpcDocument document;

    Discovery(@Any Instance<RpcMethod<?, ?>> methods,
            @ConfigProperty(name = "quarkus.application.version") String version) {
        List<RpcMethod<?, ?>> sorted = methods.stream().sorted(Comparator.comparing(RpcMethod::name)).toList();
        this.document = new DocumentBuilder(version, Example.story()).build(sorted);
    }

    OpenRpcDocument document() {
        return document;
    }
}
