package dev.claudebench.guard;

import java.util.function.Supplier;

import jakarta.enterprise.context.ApplicationScoped;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;

/** What the guards refuse, and how they stand. Methods and groups are those of our own beans: closed sets. */
@ApplicationScoped
class GuardMetrics {
    static final String REFUSALS = "claudebench.guard.refusals";
    static final String BREAKER_STATE = "claudebench.circuit.breaker.state";
    static final String CALLS_UNDER_WAY = "claudebench.calls.active";

    /** The guards that refuse calls. */
    enum Refusal {
        OVERLOAD, CIRCUIT_BREAKER, RATE_LIMIT;

        private final String tag = name().toLowerCase(java.util.Locale.ROOT);
    }

    private final MeterRegistry registry;

    GuardMetrics(MeterRegistry registry) {
        this.registry = registry;
    }

    void refused(Refusal guard, String method) {
        Counter.builder(REFUSALS)
                .description("Calls that a guard refused, by guard and method")
                .tag("guard", guard.tag)
                .tag("method", method)
                .register(registry)
                .increment();
    }

    void watchBreaker(String group, Supplier<Number> state) {
        Gauge.builder(BREAKER_STATE, state)
                .description("Circuit breaker of a method group: 0 closed, 1 half-open, 2 open")
                .tag("group", group)
                .register(registry);
    }

    void watchCallsUnderWay(Supplier<Number> calls) {
        Gauge.builder(CALLS_UNDER_WAY, calls)
                .description("Calls being carried out or waiting for a Redis connection")
                .register(registry);
    }
}
