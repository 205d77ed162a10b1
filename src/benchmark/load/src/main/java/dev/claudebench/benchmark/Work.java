package dev.claudebench.benchmark;

import java.util.Locale;

/** What every peer is asked to do in its own way. */
enum Work {
    /** Each call makes a new agent known, which is forgotten after ten minutes without a heartbeat. */
    REGISTRATION,
    /** Each call says that an agent of a fleet of {@link #FLEET} lives. */
    HEARTBEAT,
    /** Each call creates a task, takes one and completes it, in three calls to the peer. */
    TASK;

    static final int FLEET = 1_000;
    /** After this time without a heartbeat an agent is forgotten. */
    static final int TTL_SECONDS = 600;

    String label() {
        return this == TASK ? "task round trip" : name().toLowerCase(Locale.ROOT);
    }
}
