package dev.claudebench.benchmark;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** What the clients call. Each client makes one call at a time, except in {@link #MIX_OPEN}. */
enum Case {
    /** Each call registers a new instance. */
    REGISTER(0),
    /** The same without a rate limit. */
    REGISTER_UNLIMITED(0),
    /** The same at a service that nobody follows and at one whose events many clients follow. */
    REGISTER_FOLLOWED(0),
    /** The same at a service that needs no credentials, and at one that needs an API key. */
    REGISTER_KEYED(0),
    /** Each call renews an instance of the fleet. */
    RENEW(1_000),
    /** Each call is the heartbeat of an instance of the fleet. */
    HEARTBEAT(1_000),
    /** Each client is a worker: it creates a task, claims one and completes it. */
    TASKS(0),
    /** Mostly heartbeats, some new instances and tasks. */
    MIX(10_000),
    /** The same calls at a fixed rate, which is a share of that of {@link #MIX}. */
    MIX_OPEN(10_000);

    private final int fleet;

    Case(int fleet) {
        this.fleet = fleet;
    }

    /** How many instances are registered before a load. */
    int fleet() {
        return fleet;
    }

    /** Its name in settings and results. */
    String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    static Optional<Case> of(String label) {
        return Arrays.stream(values()).filter(one -> one.label().equals(label)).findFirst();
    }
}
