package dev.claudebench.task;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;

import org.jspecify.annotations.Nullable;

import com.fasterxml.jackson.databind.node.ObjectNode;

import dev.claudebench.rpc.JsonSize;
import dev.claudebench.rpc.PlainText;
import dev.claudebench.rpc.Prose;
import dev.claudebench.rpc.RoleList;

/**
 * What {@code task.create} takes.
 *
 * @param text what is to be done
 * @param priority higher goes first, null for the default
 * @param roles what a worker must have all of, null for none
 * @param metadata anything that goes with it, null for none
 * @param idempotencyKey the same key again means the same task, null for none
 */
record TaskCreateParams(
        @NotNull @Prose String text,
        @Min(0) @Max(100) @Nullable Integer priority,
        @RoleList(max = 4) @Nullable List<String> roles,
        @JsonSize(max = JsonSize.METADATA) @Nullable ObjectNode metadata,
        @PlainText @Nullable String idempotencyKey) {

    static final int DEFAULT_PRIORITY = 50;

    TaskCreateParams {
        // null elements are left for validation to name
        roles = roles == null ? null : Collections.unmodifiableList(new ArrayList<>(roles));
    }
}
