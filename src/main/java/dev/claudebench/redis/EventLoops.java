package dev.claudebench.redis;

import java.util.OptionalInt;

import jakarta.enterprise.context.ApplicationScoped;

import org.eclipse.microprofile.config.inject.ConfigProperty;

import io.quarkus.vertx.VertxOptionsCustomizer;
import io.vertx.core.VertxOptions;

/**
 * At most one event loop for each core, unless somebody says otherwise; by itself, Quarkus makes twice as many. Redis carries out
 * calls one by one, and all connections to it belong to one loop: a few others take HTTP and JSON off it, more mostly hand calls to
 * each other.
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
