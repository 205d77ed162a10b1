package dev.claudebench.guard;

import java.util.Locale;
import java.util.function.Supplier;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.Any;
import jakarta.enterprise.inject.Instance;

import dev.claudebench.method.RpcMethod;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.StartupEvent;

/** Counts the calls that the guards refuse, and exports the state of the guards. */
@ApplicationScoped
class GuardMetrics {
    static final String REFUSALS = "claudebench.guard.refusals";
    static final String BREAKER_STATE = "claudebench.circuit.breaker.state";
    static final String ACTIVE_CALLS = "claudebench.calls.active";

    enum Refusal {
        OVERLOAD, CIRCUIT_BREAKER, RATE_LIMIT;

        private final String tag = name().toLowerCase(Locale.ROOT);
    }

    private final MeterRegistry registry;

    GuardMetrics(MeterRegistry registry) {
        this.registry = registry;
    }

    /** Creates every counter before its first refusal, which a rate over a new series would miss. */
    void prepare(@Observes StartupEvent event, @Any Instance<RpcMethod<?, ?>> methods) {
        for (Refusal guard : Refusal.values()) {
            methods.forEach(method -> counter(guard, method.name()));
        }
    }

    void refused(Refusal guard, String method) {
        counter(guard, method).increment();
    }

    private Counter counter(Refusal guard, String method) {
        return Counter.builder(REFUSALS)
                .description("Calls that a guard refused, by guard and method")
                .tag("guard", guard.tag)
                .tag("method", method)
                .register(registry);
    }

    void registerBreaker(String method, Supplier<Number> state) {
        Gauge.builder(BREAKER_STATE, state)
                .description("Circuit breaker of a method: 0 closed, 1 half-open, 2 open")
                .tag("method", method)
                .register(registry);
    }

    void registerActiveCalls(Supplier<Number> calls) {
        Gauge.builder(ACTIVE_CALLS, calls).description("Calls in flight").register(registry);
    }
}
