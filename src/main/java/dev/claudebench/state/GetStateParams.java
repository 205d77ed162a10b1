package dev.claudebench.state;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;

import org.jspecify.annotations.Nullable;

/**
 * What {@code system.get_state} takes.
 *
 * @param limit the most entries of each list, null for {@link #DEFAULT_LIMIT}
 */
record GetStateParams(@Min(1) @Max(1000) @Nullable Integer limit) {
    static final int DEFAULT_LIMIT = 100;
}
