package dev.claudebench.event;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;

/** What the feed of events counts, for all clients together. */
final class FollowerMetrics {
    static final String CLIENTS = "claudebench.events.clients";
    static final String SENT = "claudebench.events.sent";
    static final String DROPPED = "claudebench.events.clients.dropped";
    static final String GAPS = "claudebench.events.gaps";

    private final Counter sent;
    private final Counter dropped;
    private final Counter gaps;

    FollowerMetrics(MeterRegistry registry) {
        sent = Counter.builder(SENT).description("Events written to clients").register(registry);
        dropped = Counter.builder(DROPPED)
                .description("Clients that were dropped because they did not read")
                .register(registry);
        gaps = Counter.builder(GAPS)
                .description("Gaps told to clients: they came back too late for all that they had missed")
                .register(registry);
    }

    void sent(int events) {
        sent.increment(events);
    }

    void dropped() {
        dropped.increment();
    }

    void gap() {
        gaps.increment();
    }
}
