package dev.claudebench.event;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;

/** Counters of the event feed, for all clients together. */
final class FollowerMetrics {
    static final String CLIENTS = "claudebench.events.clients";
    static final String SENT = "claudebench.events.sent";
    static final String DROPPED = "claudebench.events.clients.dropped";
    static final String GAPS = "claudebench.events.gaps";

    final Counter sent;
    final Counter dropped;
    final Counter gaps;

    FollowerMetrics(MeterRegistry registry) {
        sent = Counter.builder(SENT).description("Events written to clients").register(registry);
        dropped = Counter.builder(DROPPED)
                .description("Clients that were dropped because they did not read")
                .register(registry);
        gaps = Counter.builder(GAPS)
                .description("Gap events sent to clients whose position was no longer retained")
                .register(registry);
    }
}
