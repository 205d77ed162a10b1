package dev.claudebench.method;

import io.quarkus.runtime.annotations.RegisterForReflection;

/** The params of a method without parameters. */
@RegisterForReflection
public record NoParams() {}
