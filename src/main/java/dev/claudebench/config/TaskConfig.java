package dev.claudebench.config;

import java.time.Duration;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithConverter;
import io.smallrye.config.WithDefault;

/** Tasks and how they are shared out. */
@ConfigMapping(prefix = "claudebench.task")
public interface TaskConfig {

    /** The most tasks that a worker is given to hold at once. */
    @WithDefault("10")
    @WithConverter(Bounds.UpToHundred.class)
    int capacity();

    /**
     * The most different sets of required roles that unfinished tasks may name; a task with one more is refused. It bounds
     * the queues that are looked at to find a worker's next task.
     */
    @WithDefault("256")
    @WithConverter(Bounds.UpToThousand.class)
    int maxRoleSets();

    /** How often a task may fail before it is dead. */
    @WithDefault("3")
    @WithConverter(Bounds.AtLeastOne.class)
    int maxAttempts();

    /** How long a task is kept after its end. */
    @WithDefault("24h")
    @WithConverter(Bounds.Time.class)
    Duration retention();

    /** How long the idempotency key of a task is remembered; not longer than {@link #retention()}. */
    @WithDefault("24h")
    @WithConverter(Bounds.Time.class)
    Duration idempotencyTtl();
}
