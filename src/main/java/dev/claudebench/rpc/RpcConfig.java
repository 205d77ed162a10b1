package dev.claudebench.rpc;

import java.time.Duration;

import dev.claudebench.config.Bounds;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithConverter;
import io.smallrye.config.WithDefault;

/** Limits of the protocol. */
@ConfigMapping(prefix = "claudebench.rpc")
public interface RpcConfig {

    /** Maximum number of elements of a batch; a longer one is refused as a whole. */
    @WithDefault("50")
    @WithConverter(Bounds.AtLeastOne.class)
    int maxBatchSize();

    /** Maximum time to receive a request body or to send a large answer; the connection is closed after it. */
    @WithDefault("30s")
    @WithConverter(Bounds.Time.class)
    Duration bodyTimeout();
}
