package dev.claudebench.instance;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

import jakarta.validation.constraints.NotNull;

import org.jspecify.annotations.Nullable;

import com.fasterxml.jackson.databind.node.ObjectNode;

import dev.claudebench.rpc.JsonSize;
import dev.claudebench.rpc.PlainText;
import dev.claudebench.rpc.RoleList;

/**
 * What {@code system.register} takes.
 *
 * @param id the instance
 * @param roles what it does; may be empty, and repeats count once
 * @param sessionId tells the holder of an id from others, null for an anonymous agent
 * @param metadata anything that callers want to know of it, null for none
 */
record RegisterParams(@NotNull @PlainText String id, @NotNull @RoleList(max = 32) List<String> roles,
        @PlainText @Nullable String sessionId, @JsonSize(max = JsonSize.METADATA) @Nullable ObjectNode metadata) {
    RegisterParams {
        // null elements are left for validation to name
        roles = roles == null ? null : Collections.unmodifiableList(new ArrayList<>(roles));
    }
}
