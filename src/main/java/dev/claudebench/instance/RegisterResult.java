package dev.claudebench.instance;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;

/** What {@code system.register} answers. */
record RegisterResult(
        @JsonPropertyDescription("false, with nothing changed, if another session holds the id") boolean registered) {}
