package dev.claudebench.floor;

import java.util.List;

import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;

import com.fasterxml.jackson.databind.JsonNode;

import io.smallrye.common.annotation.NonBlocking;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.redis.client.RedisAPI;

/** Answers every JSON-RPC call with the reply of Redis to one {@code PING}. */
@Path("/")
public final class FloorResource {
    private final RedisAPI redis;

    FloorResource(RedisAPI redis) {
        this.redis = redis;
    }

    /** A JSON-RPC response. */
    public record Answer(String jsonrpc, String result, JsonNode id) {}

    /** Makes one round trip to Redis. */
    @POST
    @Path("rpc")
    @Consumes(MediaType.APPLICATION_JSON)
    @Produces(MediaType.APPLICATION_JSON)
    public Uni<Answer> call(JsonNode call) {
        return redis.ping(List.of()).map(pong -> new Answer("2.0", pong.toString(), call.path("id")));
    }

    /** The readiness probe of the service, so that both are started alike. */
    @GET
    @Path("q/health/ready")
    @NonBlocking
    public String ready() {
        return "UP";
    }
}
