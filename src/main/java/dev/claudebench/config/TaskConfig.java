package dev.claudebench.config;

import java.time.Duration;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithConverter;
import io.smallrye.config.WithDefault;

/** Tasks and their assignment. */
@ConfigMapping(prefix = "claudebench.task")
public interface TaskConfig {

    /** Maximum number of tasks that a worker has in progress, and is assigned; a registration may give another number. */
    @WithDefault("10")
    @WithConverter(Bounds.UpToHundred.class)
    int capacity();

    /** Number of lost attempts after which a task is dead; a task may have another number. */
    @WithDefault("3")
    @WithConverter(Bounds.AtLeastOne.class)
    int maxAttempts();

    /**
     * How long a claim may go without {@code task.progress} before the task is taken from its worker; a task may have another lease.
     * With {@code 0s} claims have none.
     */
    @WithDefault("0s")
    Duration lease();

    /** How long a task waits after a lost attempt. */
    Backoff backoff();

    /** Doubles with each lost attempt. */
    interface Backoff {

        /** The wait after the first lost attempt. */
        @WithDefault("1s")
        @WithConverter(Bounds.Time.class)
        Duration first();

        /** The longest wait. */
        @WithDefault("5m")
        @WithConverter(Bounds.Time.class)
        Duration longest();
    }

    /** Maximum number of ended tasks that are kept; the oldest are dropped first. */
    @WithDefault("10000")
    @WithConverter(Bounds.AtLeastOne.class)
    int retentionCount();

    /** How long a task is kept after it has ended. */
    @WithDefault("24h")
    @WithConverter(Bounds.Time.class)
    Duration retention();

    /** How long the idempotency key of a task is kept, at most {@link #retention()}. */
    @WithDefault("24h")
    @WithConverter(Bounds.Time.class)
    Duration idempotencyTtl();
}
