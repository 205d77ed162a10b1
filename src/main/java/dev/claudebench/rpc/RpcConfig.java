package dev.claudebench.rpc;

import jakarta.validation.constraints.Min;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;

/** The protocol's bounds. */
@ConfigMapping(prefix = "claudebench.rpc")
public interface RpcConfig {

    /** The most elements that a batch may hold; a longer one is refused whole. */
    @WithDefault("50")
    @Min(1)
    int maxBatchSize();
}
