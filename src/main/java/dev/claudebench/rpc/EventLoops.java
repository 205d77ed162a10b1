package dev.claudebench.rpc;

import java.util.OptionalInt;

import jakarta.enterprise.context.ApplicationScoped;

import org.eclipse.microprofile.config.inject.ConfigProperty;

import io.quarkus.vertx.VertxOptionsCustomizer;
import io.vertx.core.VertxOptions;

/**
 * One event loop for every two cores, unless somebody says otherwise. Quarkus makes two for each core; but Redis carries out
 * calls one by one, and all connections to it belong to one loop, so that more loops mostly hand calls to each other.
 */
@ApplicationScoped
class EventLoops implements VertxOptionsCustomizer {
    private final OptionalInt configured;

    EventLoops(@ConfigProperty(name = "quarkus.vertx.event-loops-pool-size") OptionalInt configured) {
        this.configured = configured;
    }

    @Override
    public void accept(VertxOptions options) {
        if (configured.isEmpty()) {
            options.setEventLoopPoolSize(Math.max(1, Runtime.getRuntime().availableProcessors() / 2));
        }
    }
}
