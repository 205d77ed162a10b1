package dev.claudebench.method;

import io.quarkus.runtime.annotations.RegisterForReflection;

/** What a method takes that takes nothing. */
@RegisterForReflection
public record NoParams() {}
