package dev.claudebench.task;

import java.time.Duration;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;

import org.hibernate.validator.constraints.time.DurationMin;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;

/** Tasks and how they are shared out. */
@ConfigMapping(prefix = "claudebench.task")
public interface TaskConfig {

    /** The most tasks that a worker is given to hold at once. */
    @WithDefault("10")
    @Min(1)
    @Max(100)
    int capacity();

    /**
     * The most different sets of required roles that unfinished tasks may name; a task with one more is refused. It bounds
     * the queues that are looked at to find a worker's next task.
     */
    @WithDefault("256")
    @Min(1)
    @Max(1000)
    int maxRoleSets();

    /** How often a task may fail before it is dead. */
    @WithDefault("3")
    @Min(1)
    int maxAttempts();

    /** How long a task is kept after its end. */
    @WithDefault("24h")
    @DurationMin(millis = 1)
    Duration retention();

    /** How long the idempotency key of a task is remembered; not longer than {@link #retention()}. */
    @WithDefault("24h")
    @DurationMin(millis = 1)
    Duration idempotencyTtl();
}
