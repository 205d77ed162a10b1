package dev.claudebench.config;

import io.quarkus.runtime.configuration.MemorySize;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithConverter;
import io.smallrye.config.WithDefault;

/**
 * How much the fleet and each principal may store. What is beyond is refused, so that nobody fills Redis. Anonymous callers share the
 * quotas of the fleet. The defaults fit into a Redis of 256 MB.
 */
@ConfigMapping(prefix = "claudebench.quota")
public interface QuotaConfig {

    /** Maximum number of instances. */
    @WithDefault("10000")
    @WithConverter(Bounds.AtLeastOne.class)
    int instances();

    /** Maximum number of tasks that have not ended. */
    @WithDefault("50000")
    @WithConverter(Bounds.AtLeastOne.class)
    int tasks();

    /**
     * Maximum size of the records of instances, and of text, metadata, dependencies and resources of tasks that have not ended.
     */
    @WithDefault("64M")
    MemorySize bytes();

    /** Maximum number of instances that a principal has registered. */
    @WithDefault("2000")
    @WithConverter(Bounds.AtLeastOne.class)
    int principalInstances();

    /** Maximum number of tasks that a principal has created and that have not ended. */
    @WithDefault("20000")
    @WithConverter(Bounds.AtLeastOne.class)
    int principalTasks();

    /** The same as {@link #bytes()} for the instances and tasks of a principal. */
    @WithDefault("32M")
    MemorySize principalBytes();

    /** Maximum number of tasks that a principal has claimed and that are in progress. */
    @WithDefault("1000")
    @WithConverter(Bounds.AtLeastOne.class)
    int principalClaims();
}
