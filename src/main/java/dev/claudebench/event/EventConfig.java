package dev.claudebench.event;

import java.time.Duration;

import jakarta.validation.constraints.Min;

import org.hibernate.validator.constraints.time.DurationMin;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;

/** The feed of events over HTTP. */
@ConfigMapping(prefix = "claudebench.events")
public interface EventConfig {

    /** The most clients that one replica feeds; more are refused with 503. */
    @WithDefault("1000")
    @Min(1)
    int maxClients();

    /**
     * How often each client gets a comment that keeps the connection open. A client for which something waits all the time
     * from one to the next, since it does not read, is dropped.
     */
    @WithDefault("15s")
    @DurationMin(millis = 1)
    Duration heartbeat();
}
