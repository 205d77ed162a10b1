package dev.claudebench.instance;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;

/** How many calls a replica has had, and how many of them its guards have refused. */
record Traffic(long calls, long refusals) {
    static final Traffic NONE = new Traffic(0, 0);
    private static final String CALLS = "claudebench.rpc.call";
    private static final String REFUSALS = "claudebench.guard.refusals";

    /** Returns what the metrics of this replica have counted since it started. */
    static Traffic counted(MeterRegistry registry) {
        return new Traffic(registry.find(CALLS).timers().stream().mapToLong(Timer::count).sum(),
                Math.round(registry.find(REFUSALS).counters().stream().mapToDouble(Counter::count).sum()));
    }

    Traffic since(Traffic earlier) {
        return new Traffic(calls - earlier.calls, refusals - earlier.refusals);
    }
}
