package dev.claudebench.rpc;

import java.time.Duration;

import dev.claudebench.config.Bounds;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithConverter;
import io.smallrye.config.WithDefault;

/** Limits of the protocol. */
@ConfigMapping(prefix = "claudebench.rpc")
public interface RpcConfig {

    /** The most elements that a batch may hold; a longer one is refused whole. */
    @WithDefault("50")
    @WithConverter(Bounds.AtLeastOne.class)
    int maxBatchSize();

    /** How long the body of a request may take to come, or a large answer to be taken; the connection is closed then. */
    @WithDefault("30s")
    @WithConverter(Bounds.Time.class)
    Duration bodyTimeout();
}
