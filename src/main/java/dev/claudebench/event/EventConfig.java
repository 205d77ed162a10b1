package dev.claudebench.event;

import java.time.Duration;

import dev.claudebench.config.Bounds;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithConverter;
import io.smallrye.config.WithDefault;

/** The feed of events over HTTP. */
@ConfigMapping(prefix = "claudebench.events")
public interface EventConfig {

    /** The most clients that one replica feeds; more are refused with 503. */
    @WithDefault("1000")
    @WithConverter(Bounds.AtLeastOne.class)
    int maxClients();

    /**
     * How often each client gets a comment that keeps the connection open. A client for which something waits all the time
     * from one to the next, since it does not read, is dropped.
     */
    @WithDefault("15s")
    @WithConverter(Bounds.Time.class)
    Duration heartbeat();
}
