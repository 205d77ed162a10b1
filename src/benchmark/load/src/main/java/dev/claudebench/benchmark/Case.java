package dev.claudebench.benchmark;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** What clients do all the time, one call at once each; in {@link #MIX_OPEN}, calls come when their time is there. */
enum Case {
    /** The floor without a framework for resources, as the service takes its calls. */
    FLOOR_ROUTE(0),
    /** Each call registers an instance that was never there. */
    REGISTER(0),
    /** The same without a limit of rate, so one round trip to Redis and not two. */
    REGISTER_UNLIMITED(0),
    /** Each call renews an instance of the fleet. */
    RENEW(1_000),
    /** Each call is the heartbeat of an instance of the fleet. */
    HEARTBEAT(1_000),
    /** Each client is a worker: it creates a task, claims one and completes that. */
    TASKS(0),
    /** What a fleet does all day: heartbeats, and now and then a new instance or a task. */
    MIX(10_000),
    /** The same calls, fewer than can be answered: a share of what {@link #MIX} came to. */
    MIX_OPEN(10_000);

    private final int fleet;

    Case(int fleet) {
        this.fleet = fleet;
    }

    /** How many instances there are before it begins. */
    int fleet() {
        return fleet;
    }

    /** As it is named in settings and results. */
    String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** Whether it calls the floor's program instead of the service. */
    boolean isFloor() {
        return this == FLOOR_ROUTE;
    }

    static Optional<Case> of(String label) {
        return Arrays.stream(values()).filter(one -> one.label().equals(label)).findFirst();
    }
}
