package dev.claudebench.floor;

import java.time.Instant;
import java.util.List;
import java.util.UUID;

import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;

import com.fasterxml.jackson.databind.JsonNode;

import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.redis.client.Command;
import io.vertx.mutiny.redis.client.Redis;
import io.vertx.mutiny.redis.client.Request;

/**
 * What a team would write by hand: each change is five commands in {@code MULTI}, sent in one write. It checks nothing, and forgets a
 * task if it stops between the two steps of a claim.
 */
@Path("multi")
public final class MultiResource {
    private static final String KEEP_SECONDS = "600";
    private static final String PENDING = "pending";
    private static final String CLAIMED = "claimed";
    private static final Request TAKE = command(Command.ZPOPMIN, PENDING);

    private final Redis redis;

    MultiResource(Redis redis) {
        this.redis = redis;
    }

    /** The id of the task or the instance. */
    public record Result(String taskId) {}

    /** A JSON-RPC response. */
    public record Answer(String jsonrpc, Result result, JsonNode id) {}

    /** Makes the change. */
    @POST
    @Consumes(MediaType.APPLICATION_JSON)
    @Produces(MediaType.APPLICATION_JSON)
    public Uni<Answer> call(JsonNode call) {
        JsonNode params = call.path("params");
        return change(call.path("method").asText(), params)
                .map(id -> new Answer("2.0", new Result(id), call.path("id")));
    }

    private Uni<String> change(String method, JsonNode params) {
        return switch (method) {
            case "system.register" -> instance(method, params.path("id").asText(), params);
            case "system.heartbeat" -> instance(method, params.path("instanceId").asText(), params);
            case "task.create" -> {
                String id = UUID.randomUUID().toString();
                yield five(method, "task:" + id, id, params, index(PENDING, id));
            }
            case "task.claim" -> redis.send(TAKE)
                    .map(first -> first.get(0).toString())
                    .flatMap(id -> five(method, "task:" + id, id, params, index(CLAIMED, id)));
            case "task.complete" -> {
                String id = params.path("id").asText();
                yield five(method, "task:" + id, id, params, command(Command.ZREM, CLAIMED, id));
            }
            default -> throw new IllegalArgumentException(method);
        };
    }

    private Uni<String> instance(String event, String id, JsonNode params) {
        return five(event, "instance:" + id, id, params, index("leases", id));
    }

    private static Request index(String name, String id) {
        return command(Command.ZADD, name, String.valueOf(System.currentTimeMillis()), id);
    }

    private static Request command(Command command, Object... arguments) {
        return Request.cmd(command, arguments);
    }

    private Uni<String> five(String event, String key, String id, JsonNode params, Request index) {
        return redis.batch(List.of(command(Command.MULTI),
                command(Command.HSET, key, event, params.toString(), "at", Instant.now().toString()),
                command(Command.EXPIRE, key, KEEP_SECONDS),
                index,
                command(Command.INCR, "version"),
                command(Command.XADD, "events", "MAXLEN", "~", "10000", "*", "event", event, "id", id),
                command(Command.EXEC))).replaceWith(id);
    }
}
