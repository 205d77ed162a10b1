package dev.claudebench.redis;

import java.util.OptionalInt;

import jakarta.enterprise.context.ApplicationScoped;

import org.eclipse.microprofile.config.inject.ConfigProperty;

import io.quarkus.vertx.VertxOptionsCustomizer;
import io.vertx.core.VertxOptions;

/**
 * At most one event loop for every two cores, unless somebody says otherwise. Redis carries out calls one by one, and all
 * connections to it belong to one loop, so that more loops mostly hand calls to each other.
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
            int half = Math.max(1, Runtime.getRuntime().availableProcessors() / 2);
            options.setEventLoopPoolSize(Math.min(options.getEventLoopPoolSize(), half));
        }
    }
}
