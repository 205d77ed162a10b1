package dev.claudebench.state;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;

import org.jspecify.annotations.Nullable;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;

import io.quarkus.runtime.annotations.RegisterForReflection;

/** What {@code system.get_state} takes. */
@RegisterForReflection
record GetStateParams(
        @Min(1) @Max(1000)
        @JsonProperty(defaultValue = "" + DEFAULT_LIMIT)
        @JsonPropertyDescription("the most entries of each list, which has fewer when they are large (512 KiB in all)")
        @Nullable Integer limit) {
    static final int DEFAULT_LIMIT = 100;
}
