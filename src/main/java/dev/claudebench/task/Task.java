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

/** A task in results. Times are in milliseconds since 1970, by the clock of Redis; members that do not apply are left out. */
@JsonInclude(JsonInclude.Include.NON_NULL)
@RegisterForReflection
public record Task(
        String id,
        @JsonPropertyDescription("what is to be done") String text,
        @JsonPropertyDescription("tasks with a higher priority are assigned first") int priority,
        @SchemaType(String[].class) @JsonPropertyDescription("roles that a worker must have") RawValue roles,
        @SchemaType(ObjectNode.class) RawValue metadata,
        @SchemaType(Status.class) String status,
        @JsonPropertyDescription("number of lost attempts: errors, deaths of workers, lapsed leases") int attempts,
        @JsonPropertyDescription("number of lost attempts after which the task is dead") int maxAttempts,
        @JsonPropertyDescription("in ms since 1970") long createdAt,
        @JsonPropertyDescription("when the task may be begun at the earliest, in ms since 1970")
        @Nullable Long runAt,
        @SchemaType(String[].class)
        @JsonPropertyDescription("ids of tasks that must be completed before") RawValue dependsOn,
        @SchemaType(String[].class)
        @JsonPropertyDescription("paths that are held exclusively while it is in progress") RawValue resources,
        @JsonPropertyDescription("worker that has the task, or had it when it ended")
        @Nullable String workerId,
        @JsonPropertyDescription("when the worker got the task, in ms since 1970")
        @Nullable Long assignedAt,
        @JsonPropertyDescription("number of the claim, which fences all earlier ones") @Nullable Long claim,
        @JsonPropertyDescription("when the worker claimed the task, in ms since 1970")
        @Nullable Long claimedAt,
        @JsonPropertyDescription("how long a claim may go without progress, in ms; 0 for ever") long leaseMs,
        @JsonPropertyDescription("when the lease of the claim lapses, in ms since 1970") @Nullable Long leaseUntil,
        @JsonPropertyDescription("what the worker said last about its progress") @Nullable String note,
        @JsonPropertyDescription("progress in percent") @Nullable Integer percent,
        @JsonPropertyDescription("when the task ended, in ms since 1970")
        @Nullable Long completedAt,
        @JsonPropertyDescription("result that the worker reported: any JSON")
        @Nullable RawValue result,
        @JsonPropertyDescription("error of the latest lost attempt")
        @Nullable String error,
        @JsonPropertyDescription("why the latest attempt was lost: error, worker_died or lease_lapsed; or why it was cancelled")
        @Nullable String reason,
        @JsonPropertyDescription("principal that created the task; left out for an anonymous one")
        @Nullable String createdBy) {

    public enum Status {
        IN_PROGRESS, ASSIGNED, PENDING, SCHEDULED, BLOCKED, COMPLETED, DEAD, CANCELLED;

        /** Returns the name of the status in results and in Redis. */
        @JsonValue
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** Reads a reply of {@code taskRecord} in Lua. */
    public static Task from(Reply fields) {
        String result = fields.textOrNull("result");
        Long percent = fields.numberOrNull("percent");
        return new Task(fields.text("id"), fields.text("text"), fields.count("priority"),
                Json.raw(fields.text("roles")), Json.raw(fields.text("metadata")), fields.text("status"),
                fields.count("attempts"), fields.count("maxAttempts"), fields.number("createdAt"),
                fields.numberOrNull("runAt"), Json.raw(fields.text("dependsOn")), Json.raw(fields.text("resources")),
                fields.textOrNull("workerId"), fields.numberOrNull("assignedAt"), fields.numberOrNull("claim"),
                fields.numberOrNull("claimedAt"), fields.number("leaseMs"), fields.numberOrNull("leaseUntil"),
                fields.textOrNull("note"), percent == null ? null : Math.toIntExact(percent),
                fields.numberOrNull("completedAt"), result == null ? null : Json.raw(result),
                fields.textOrNull("error"), fields.textOrNull("reason"), fields.textOrNull("createdBy"));
    }
}
