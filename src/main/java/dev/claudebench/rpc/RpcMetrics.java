package dev.claudebench.rpc;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

import jakarta.enterprise.context.ApplicationScoped;

import org.jspecify.annotations.Nullable;

import dev.claudebench.method.ErrorCode;
import dev.claudebench.method.RpcMethod;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;

/** Counts and times calls by method and outcome, both from closed sets. */
@ApplicationScoped
class RpcMetrics {
    static final String CALLS = "claudebench.rpc.call";
    static final String REFUSALS = "claudebench.rpc.refusals";
    /** The tag for a request that names no existing method. */
    static final String NO_METHOD = "none";
    /** Errors that the caller did not cause. */
    private static final List<ErrorCode> FAULTS = List.of(ErrorCode.INTERNAL_ERROR, ErrorCode.CIRCUIT_OPEN,
            ErrorCode.UNAVAILABLE);
    static final Duration[] BUCKETS = Stream.of(1, 2, 5, 10, 25, 50, 100, 250, 500, 1000, 2000, 5000)
            .map(Duration::ofMillis)
            .toArray(Duration[]::new);

    private final Meter.MeterProvider<Timer> timers;
    private final Meter.MeterProvider<Counter> refusals;

    RpcMetrics(MeterRegistry registry) {
        timers = Timer.builder(CALLS)
                .description("JSON-RPC calls and notifications, by method and outcome")
                .serviceLevelObjectives(BUCKETS)
                .withRegistry(registry);
        refusals = Counter.builder(REFUSALS)
                .description("Calls that were refused for a reason that the method names")
                .withRegistry(registry);
    }

    /** Creates the timers of a method before its first call, which a rate over a new series would miss. */
    void prepare(RpcMethod<?, ?> method) {
        timer(method.name(), null);
        FAULTS.forEach(fault -> timer(method.name(), fault));
        method.refusals().forEach(reason -> refusals(method.name(), reason));
    }

    /** Counts a call of an existing method, or of {@link #NO_METHOD}. The error is null for a result. */
    void record(String method, @Nullable ErrorCode error, long nanos) {
        timer(method, error).record(Duration.ofNanos(nanos));
    }

    /** @param reason one of the refusals of the method */
    void recordRefusal(String method, String reason) {
        refusals(method, reason).increment();
    }

    private Counter refusals(String method, String reason) {
        return refusals.withTags("method", method, "reason", reason);
    }

    private Timer timer(String method, @Nullable ErrorCode error) {
        return timers.withTags("method", method, "outcome",
                error == null ? "ok" : error.name().toLowerCase(Locale.ROOT));
    }
}
