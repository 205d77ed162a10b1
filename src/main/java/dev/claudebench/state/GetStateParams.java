package dev.claudebench.state;

import org.jspecify.annotations.Nullable;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;

import dev.claudebench.method.IntRange;
import io.quarkus.runtime.annotations.RegisterForReflection;

/** What {@code system.get_state} takes. */
@RegisterForReflection
record GetStateParams(
        @IntRange(min = 1, max = 1000)
        @JsonProperty(defaultValue = "" + DEFAULT_LIMIT)
        @JsonPropertyDescription("the most entries of each list, which has fewer when they are large (512 KiB in all)")
        @Nullable Integer limit) {
    static final int DEFAULT_LIMIT = 100;
}
