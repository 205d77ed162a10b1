package dev.claudebench.task;

import java.util.Locale;

import org.jspecify.annotations.Nullable;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.util.RawValue;

import dev.claudebench.redis.Reply;
import dev.claudebench.rpc.Json;

/**
 * A task as callers see it. Times are in milliseconds since 1970, by the clock of Redis.
 *
 * @param status one of {@link Status}, in lower case
 * @param attempts how often it was tried and failed
 * @param workerId who holds it, or held it when it ended; null when nobody does
 * @param assignedAt since when, null when nobody holds it
 * @param claimedAt when its worker began it, null when none has
 * @param completedAt when it ended, null when it has not
 * @param result what its worker said of it, null for nothing
 * @param error what went wrong the last time it failed, null when it never has
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Task(String id, String text, int priority, RawValue roles, RawValue metadata, String status, int attempts,
        long createdAt, @Nullable String workerId, @Nullable Long assignedAt, @Nullable Long claimedAt,
        @Nullable Long completedAt, @Nullable RawValue result, @Nullable String error) {

    /** The life of a task, in the order in which lists of all show them. */
    public enum Status {
        IN_PROGRESS, ASSIGNED, PENDING, COMPLETED, DEAD;

        /** The word that callers and Redis know it by. */
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
