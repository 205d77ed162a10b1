package dev.claudebench.instance;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;

import io.quarkus.runtime.annotations.RegisterForReflection;

/** What {@code system.register} answers. */
@RegisterForReflection
record RegisterResult(
        @JsonPropertyDescription("false, with nothing changed, if another session holds the id") boolean registered) {}
