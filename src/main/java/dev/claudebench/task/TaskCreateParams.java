package dev.claudebench.task;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

import org.jspecify.annotations.Nullable;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import com.fasterxml.jackson.databind.node.ObjectNode;

import dev.claudebench.method.IntRange;
import dev.claudebench.method.JsonSize;
import dev.claudebench.method.PlainText;
import dev.claudebench.method.Prose;
import dev.claudebench.method.RoleList;
import io.quarkus.runtime.annotations.RegisterForReflection;

/** What {@code task.create} takes. */
@RegisterForReflection
record TaskCreateParams(
        @Prose @JsonPropertyDescription("what is to be done") String text,
        @IntRange(min = 0, max = 100)
        @JsonProperty(defaultValue = "" + DEFAULT_PRIORITY)
        @JsonPropertyDescription("higher goes first") @Nullable Integer priority,
        @RoleList(max = 4) @JsonPropertyDescription("what a worker must have all of") @Nullable List<String> roles,
        @JsonSize(max = JsonSize.METADATA) @JsonPropertyDescription("anything that goes with it")
        @Nullable ObjectNode metadata,
        @PlainText @JsonPropertyDescription("the same key again means the same task") @Nullable String idempotencyKey) {

    static final int DEFAULT_PRIORITY = 50;

    TaskCreateParams {
        // null elements are left for validation to name
        roles = roles == null ? null : Collections.unmodifiableList(new ArrayList<>(roles));
    }
}
