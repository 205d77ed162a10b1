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

/** A task in results. Times are in milliseconds since 1970, by the clock of Redis. */
@JsonInclude(JsonInclude.Include.NON_NULL)
@RegisterForReflection
public record Task(
        String id,
        @JsonPropertyDescription("what is to be done") String text,
        @JsonPropertyDescription("tasks with a higher priority are assigned first") int priority,
        @SchemaType(String[].class) @JsonPropertyDescription("roles that a worker must have") RawValue roles,
        @SchemaType(ObjectNode.class) RawValue metadata,
        @SchemaType(Status.class) String status,
        @JsonPropertyDescription("number of failed attempts") int attempts,
        @JsonPropertyDescription("in ms since 1970") long createdAt,
        @JsonPropertyDescription("worker that holds the task, or held it when it ended")
        @Nullable String workerId,
        @JsonPropertyDescription("when the worker got the task, in ms since 1970")
        @Nullable Long assignedAt,
        @JsonPropertyDescription("when the worker claimed the task, in ms since 1970")
        @Nullable Long claimedAt,
        @JsonPropertyDescription("when the task ended, in ms since 1970")
        @Nullable Long completedAt,
        @JsonPropertyDescription("result that the worker reported: any JSON")
        @Nullable RawValue result,
        @JsonPropertyDescription("error of the latest failed attempt")
        @Nullable String error) {

    public enum Status {
        IN_PROGRESS, ASSIGNED, PENDING, COMPLETED, DEAD;

        /** Returns the name of the status in results and in Redis. */
        @JsonValue
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** Reads a reply of {@code taskRecord} in Lua. */
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
