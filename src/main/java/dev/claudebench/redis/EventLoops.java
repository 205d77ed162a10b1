package dev.claudebench.redis;

import java.util.OptionalInt;

import jakarta.enterprise.context.ApplicationScoped;

import org.eclipse.microprofile.config.inject.ConfigProperty;

import io.quarkus.vertx.VertxOptionsCustomizer;
import io.vertx.core.VertxOptions;

/**
 * Limits the event loops to one for each core by default; Quarkus would start twice as many. One event loop has all connections to
 * Redis, and further ones handle HTTP and JSON: more than one for each core cost more switches between threads than they gain.
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
            int cores = Runtime.getRuntime().availableProcessors();
            options.setEventLoopPoolSize(Math.min(options.getEventLoopPoolSize(), cores));
        }
    }
}
