package dev.claudebench.instance;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

import org.jspecify.annotations.Nullable;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import com.fasterxml.jackson.databind.node.ObjectNode;

import dev.claudebench.method.JsonSize;
import dev.claudebench.method.PlainText;
import dev.claudebench.method.RoleList;
import io.quarkus.runtime.annotations.RegisterForReflection;

/** What {@code system.register} takes. */
@RegisterForReflection
record RegisterParams(
        @PlainText @JsonPropertyDescription("the instance") String id,
        @RoleList(max = 32)
        @JsonPropertyDescription("what it does: worker, leader, specialist, monitor or any other") List<String> roles,
        @PlainText @JsonPropertyDescription("tells the holder of an id from others; left out by an anonymous agent")
        @Nullable String sessionId,
        @JsonSize(max = JsonSize.METADATA) @JsonPropertyDescription("anything that callers want to know of it")
        @Nullable ObjectNode metadata) {

    /** Describes a session id that shows who an instance is. */
    static final String SESSION_ID = "the session that registered the instance; left out if it was anonymous";

    RegisterParams {
        // null elements are left for validation to name
        roles = roles == null ? null : Collections.unmodifiableList(new ArrayList<>(roles));
    }
}
