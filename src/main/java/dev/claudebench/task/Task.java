package dev.claudebench.task;

import java.util.Locale;

import org.jspecify.annotations.Nullable;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import com.fasterxml.jackson.annotation.JsonValue;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.util.RawValue;

import dev.claudebench.method.Json;
import dev.claudebench.method.SchemaType;
import dev.claudebench.redis.Reply;
import io.quarkus.runtime.annotations.RegisterForReflection;

/** A task as callers see it. Times are in milliseconds since 1970, by the clock of Redis; what is not known is null. */
@JsonInclude(JsonInclude.Include.NON_NULL)
@RegisterForReflection
public record Task(
        String id,
        @JsonPropertyDescription("what is to be done") String text,
        @JsonPropertyDescription("higher goes first") int priority,
        @SchemaType(String[].class) @JsonPropertyDescription("what a worker must have all of") RawValue roles,
        @SchemaType(ObjectNode.class) RawValue metadata,
        @SchemaType(Status.class) String status,
        @JsonPropertyDescription("how often it was tried and failed") int attempts,
        @JsonPropertyDescription("in ms since 1970") long createdAt,
        @JsonPropertyDescription("who holds it, or held it when it ended; left out when nobody does")
        @Nullable String workerId,
        @JsonPropertyDescription("since when, in ms since 1970; left out when nobody holds it")
        @Nullable Long assignedAt,
        @JsonPropertyDescription("when its worker began it, in ms since 1970; left out when none has")
        @Nullable Long claimedAt,
        @JsonPropertyDescription("when it ended, in ms since 1970; left out when it has not")
        @Nullable Long completedAt,
        @JsonPropertyDescription("what its worker said of it: any JSON; left out for nothing")
        @Nullable RawValue result,
        @JsonPropertyDescription("what went wrong the last time it failed; left out when it never has")
        @Nullable String error) {

    /** The life of a task, in the order in which lists of all show them. */
    public enum Status {
        IN_PROGRESS, ASSIGNED, PENDING, COMPLETED, DEAD;

        /** The word that callers and Redis know it by. */
        @JsonValue
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** Reads what {@code taskRecord} in Lua replies. */
    public static Task from(Reply fields) {
        String result = fields.textOrNull("result");
        return new Task(fields.text("id"), fields.text("text"), fields.count("priority"),
                Json.raw(fields.text("roles")), Json.raw(fields.text("metadata")), fields.text("status"),
                fields.count("attempts"), fields.number("createdAt"), fields.textOrNull("workerId"),
                fields.numberOrNull("assignedAt"), fields.numberOrNull("claimedAt"),
                fields.numberOrNull("completedAt"), result == null ? null : Json.raw(result),
                fields.textOrNull("error"));
    }
}
