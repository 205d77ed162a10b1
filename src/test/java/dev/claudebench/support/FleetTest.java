package dev.claudebench.support;

import java.math.BigDecimal;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.StreamSupport;

import jakarta.inject.Inject;

import org.junit.jupiter.api.BeforeEach;

import com.fasterxml.jackson.databind.JsonNode;

import dev.claudebench.method.Json;
import io.quarkus.redis.datasource.RedisDataSource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.vertx.mutiny.redis.client.Response;

/** A test against the running service and its Redis, which every test finds empty. For subclasses with QuarkusTest. */
public abstract class FleetTest {
    @TestHTTPResource
    protected URI service;

    @Inject
    protected RedisDataSource redis;

    /** Set before each test. */
    protected RpcClient rpc = new RpcClient(URI.create("http://127.0.0.1"));

    @BeforeEach
    void emptySystem() {
        redis.flushall();
        rpc = new RpcClient(service);
    }

    /** Registers without a session and expects it to succeed; roles are separated by commas. */
    protected void register(String id, String roles) {
        JsonNode result = rpc.result("system.register", "{'id':'" + id + "','roles':" + jsonArray(roles) + "}");
        if (!result.get("registered").booleanValue()) {
            throw new AssertionError(id + " was not registered");
        }
    }

    /** Whether a registration for a session is accepted. */
    protected boolean register(String id, String roles, String sessionId) {
        return rpc.result("system.register",
                "{'id':'" + id + "','roles':" + jsonArray(roles) + ",'sessionId':'" + sessionId + "'}")
                .get("registered")
                .booleanValue();
    }

    /** Creates a task and gives its id; roles are separated by commas. */
    protected String createTask(String text, int priority, String roles) {
        return rpc.result("task.create",
                "{'text':'" + text + "','priority':" + priority + ",'roles':" + jsonArray(roles) + "}")
                .get("id")
                .asText();
    }

    /** Makes an instance's time pass at once: its deadline is over, and what has a time to live is gone. */
    protected void lapse(String id) {
        redis.execute("ZADD", "cb:instances:active", "XX", "1", id);
        redis.execute("DEL", "cb:instance:" + id, "cb:health:gossip:" + id);
        if (text("GET", "cb:leader:current").equals(id)) {
            redis.execute("DEL", "cb:leader:current");
        }
    }

    protected JsonNode state() {
        return rpc.result("system.get_state", "{'limit':1000}");
    }

    /** The texts of the tasks that a worker holds, in their order. */
    protected List<String> tasksOf(String workerId) {
        List<String> texts = new ArrayList<>();
        for (Response id : redis.execute("ZRANGE", "cb:queue:instance:" + workerId, "0", "-1")) {
            texts.add(redis.hash(String.class).hget("cb:task:" + id, "text"));
        }
        return texts;
    }

    /** The payloads of the events of a type, oldest first. */
    protected List<JsonNode> events(String type) {
        List<JsonNode> payloads = new ArrayList<>();
        for (Response entry : redis.execute("XRANGE", "cb:stream:events", "-", "+")) {
            Response fields = entry.get(1);
            if (fields.get(1).toString().equals(type)) {
                payloads.add(Json.read(fields.get(3).toString()));
            }
        }
        return payloads;
    }

    /** The events' types, oldest first. */
    protected List<String> eventTypes() {
        return StreamSupport.stream(redis.execute("XRANGE", "cb:stream:events", "-", "+").spliterator(), false)
                .map(entry -> entry.get(1).get(1).toString())
                .toList();
    }

    /** A command's reply as an integer, 0 for none. */
    protected long number(String... command) {
        String text = text(command);
        // scores come as doubles, such as 1.0 or 1.8E12
        return text.isEmpty() ? 0 : new BigDecimal(text).longValueExact();
    }

    /** A command's reply as text, empty for none. */
    protected String text(String... command) {
        String[] arguments = new String[command.length - 1];
        System.arraycopy(command, 1, arguments, 0, arguments.length);
        Response reply = redis.execute(command[0], arguments);
        return reply == null ? "" : reply.toString();
    }

    private static String jsonArray(String commaSeparated) {
        return commaSeparated.isEmpty() ? "[]" : "['" + commaSeparated.replace(",", "','") + "']";
    }
}
