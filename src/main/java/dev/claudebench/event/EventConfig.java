package dev.claudebench.event;

import java.time.Duration;

import dev.claudebench.config.Bounds;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithConverter;
import io.smallrye.config.WithDefault;

/** The event feed over HTTP. */
@ConfigMapping(prefix = "claudebench.events")
public interface EventConfig {

    /** Maximum number of clients of a replica; more are rejected with 503. */
    @WithDefault("1000")
    @WithConverter(Bounds.AtLeastOne.class)
    int maxClients();

    /** Maximum number of them that one caller may have, so that it leaves places for others. */
    @WithDefault("100")
    @WithConverter(Bounds.AtLeastOne.class)
    int maxClientsPerCaller();

    /** Interval of the comment that keeps a connection open. A client that does not read for an interval is dropped. */
    @WithDefault("15s")
    @WithConverter(Bounds.Time.class)
    Duration heartbeat();
}
