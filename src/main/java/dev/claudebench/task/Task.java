package dev.claudebench.task;

import org.jspecify.annotations.Nullable;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.util.RawValue;

import dev.claudebench.redis.Reply;
import dev.claudebench.rpc.Json;

/**
 * A task as callers see it. Times are in milliseconds since 1970, by the clock of Redis.
 *
 * @param status one of the states that the README names, such as "pending"
 * @param attempts how often it was begun and failed
 * @param workerId who holds it, null when nobody does
 * @param assignedAt since when, null when nobody holds it
 */
public record Task(String id, String text, int priority, RawValue roles, RawValue metadata, String status, int attempts,
        long createdAt, @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String workerId,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Long assignedAt) {

    /** Reads what {@code taskRecord} in Lua replies. */
    public static Task from(Reply fields) {
        boolean held = fields.has("workerId");
        return new Task(fields.text("id"), fields.text("text"), fields.count("priority"),
                Json.raw(fields.text("roles")), Json.raw(fields.text("metadata")), fields.text("status"),
                fields.count("attempts"), fields.number("createdAt"), held ? fields.text("workerId") : null,
                held ? fields.number("assignedAt") : null);
    }
}
