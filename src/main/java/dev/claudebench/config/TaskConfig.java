package dev.claudebench.config;

import java.time.Duration;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithConverter;
import io.smallrye.config.WithDefault;

/** Tasks and their assignment. */
@ConfigMapping(prefix = "claudebench.task")
public interface TaskConfig {

    /** Maximum number of tasks that a worker holds at once. */
    @WithDefault("10")
    @WithConverter(Bounds.UpToHundred.class)
    int capacity();

    /**
     * Maximum number of different sets of required roles among unfinished tasks; a task with another set is refused. Bounds
     * the number of queues that are searched for a worker's next task.
     */
    @WithDefault("256")
    @WithConverter(Bounds.UpToThousand.class)
    int maxRoleSets();

    /** Number of failed attempts after which a task is dead. */
    @WithDefault("3")
    @WithConverter(Bounds.AtLeastOne.class)
    int maxAttempts();

    /** How long a task is kept after it has ended. */
    @WithDefault("24h")
    @WithConverter(Bounds.Time.class)
    Duration retention();

    /** How long the idempotency key of a task is kept, at most {@link #retention()}. */
    @WithDefault("24h")
    @WithConverter(Bounds.Time.class)
    Duration idempotencyTtl();
}
