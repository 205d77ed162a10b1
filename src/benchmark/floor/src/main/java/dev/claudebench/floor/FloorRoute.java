package dev.claudebench.floor;

import java.io.IOException;
import java.util.List;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.BodyHandler;
import io.vertx.mutiny.redis.client.RedisAPI;

/** The same as {@link FloorResource} on a plain route, which is how the service takes its calls, at the same path. */
@ApplicationScoped
class FloorRoute {
    private final RedisAPI redis;
    private final ObjectMapper json;

    FloorRoute(RedisAPI redis, ObjectMapper json) {
        this.redis = redis;
        this.json = json;
    }

    void add(@Observes Router router) {
        router.post("/rpc").handler(BodyHandler.create(false)).handler(this::call);
    }

    private void call(RoutingContext routing) {
        try {
            JsonNode call = json.readTree(routing.body().asString());
            redis.ping(List.of())
                    .map(pong -> new FloorResource.Answer("2.0", pong.toString(), call.path("id")))
                    .subscribe()
                    .with(answer -> answer(routing, answer), routing::fail);
        } catch (IOException e) {
            routing.fail(e);
        }
    }

    private void answer(RoutingContext routing, FloorResource.Answer answer) {
        try {
            routing.response()
                    .putHeader(HttpHeaders.CONTENT_TYPE, "application/json")
                    .end(Buffer.buffer(json.writeValueAsBytes(answer)));
        } catch (IOException e) {
            routing.fail(e);
        }
    }
}
