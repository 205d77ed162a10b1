package dev.claudebench.rpc;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import jakarta.enterprise.context.ApplicationScoped;

import org.jspecify.annotations.Nullable;

import dev.claudebench.method.ErrorCode;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;

/** Calls and how long they took, by method and outcome; both come from closed sets. */
@ApplicationScoped
class RpcMetrics {
    static final String CALLS = "claudebench.rpc.call";
    /** Stands for the method of a request that names none of ours. */
    static final String NO_METHOD = "none";
    /** Errors that are no caller's fault. */
    private static final List<ErrorCode> FAULTS = List.of(ErrorCode.INTERNAL_ERROR, ErrorCode.CIRCUIT_OPEN,
            ErrorCode.UNAVAILABLE);
    private static final Duration[] BUCKETS = {Duration.ofMillis(1), Duration.ofMillis(2), Duration.ofMillis(5),
            Duration.ofMillis(10), Duration.ofMillis(25), Duration.ofMillis(50), Duration.ofMillis(100),
            Duration.ofMillis(250), Duration.ofMillis(500), Duration.ofSeconds(1), Duration.ofSeconds(2),
            Duration.ofSeconds(5)};

    private final MeterRegistry registry;
    private final Map<Key, Timer> timers = new ConcurrentHashMap<>();

    RpcMetrics(MeterRegistry registry) {
        this.registry = registry;
    }

    /** Makes the timers of a method that tell how it fares before its first call, which a rate over a new series would miss. */
    void prepare(String method) {
        timers.computeIfAbsent(new Key(method, null), this::timer);
        FAULTS.forEach(fault -> timers.computeIfAbsent(new Key(method, fault), this::timer));
    }

    /**
     * Counts a call.
     *
     * @param method the name of one of our methods, or {@link #NO_METHOD}
     * @param error null for a call that has a result
     */
    void record(String method, @Nullable ErrorCode error, long nanos) {
        timers.computeIfAbsent(new Key(method, error), this::timer).record(Duration.ofNanos(nanos));
    }

    private Timer timer(Key key) {
        return Timer.builder(CALLS)
                .description("JSON-RPC calls and notifications, by method and outcome")
                .tag("method", key.method())
                .tag("outcome", key.error() == null ? "ok" : key.error().name().toLowerCase(Locale.ROOT))
                .serviceLevelObjectives(BUCKETS)
                .register(registry);
    }

    private record Key(String method, @Nullable ErrorCode error) {}
}
