package dev.claudebench.support;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;

import jakarta.inject.Inject;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;

import com.fasterxml.jackson.databind.JsonNode;

import dev.claudebench.method.Json;
import io.quarkus.redis.datasource.RedisDataSource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.vertx.mutiny.redis.client.Response;

/** A test of the running service and its Redis, which is empty when a test begins. Subclasses are annotated with QuarkusTest. */
public abstract class FleetTest {
    private static final int MAX_BATCH = 50;

    static {
        // for a busy machine
        Awaitility.setDefaultTimeout(Duration.ofSeconds(30));
    }

    @TestHTTPResource
    protected URI service;

    @Inject
    protected RedisDataSource redis;

    @BeforeEach
    void emptySystem() {
        redis.flushall();
    }

    protected Rpc rpc() {
        return new Rpc(service);
    }

    /** Begins a call: {@code rpc("task.claim").with("workerId", "w1").result()}. */
    protected Rpc.Call rpc(String method) {
        return rpc().call(method);
    }

    /** Calls the service by the stateless revision of MCP. */
    protected Mcp mcp() {
        return new Mcp(rpc(), true);
    }

    /** Registers an instance without a session, which must succeed. Roles are separated by commas. */
    protected void register(String id, String roles) {
        assertThat(registered(registration(id, roles))).as("%s is registered", id).isTrue();
    }

    /** Registers an instance for a session. Returns whether that was accepted. */
    protected boolean register(String id, String roles, String sessionId) {
        return registered(registration(id, roles).with("sessionId", sessionId));
    }

    private Rpc.Call registration(String id, String roles) {
        return rpc("system.register").with("id", id).with("roles", names(roles));
    }

    /** Returns all keys except those that note when a script ran. */
    protected Set<String> keys() {
        return redis.key().keys("*").stream().filter(key -> !key.startsWith("cb:time:")).collect(Collectors.toSet());
    }

    /** Returns the term of the newest election, 0 if there was none. */
    protected long term() {
        String term = text("GET", "cb:leader:term");
        return term.isEmpty() ? 0 : Long.parseLong(term);
    }

    /** Returns the version of the global state, 0 before the first change. */
    protected long version() {
        String version = text("HGET", "cb:state:global", "version");
        return version.isEmpty() ? 0 : Long.parseLong(version);
    }

    /** Sends a registration. Returns whether it was accepted. */
    protected static boolean registered(Rpc.Call registration) {
        return registration.result().get("registered").booleanValue();
    }

    protected String createTask(String text) {
        return createTask(text, 50);
    }

    protected String createTask(String text, int priority) {
        return createTask(text, priority, "");
    }

    /** Creates a task. Returns its id. Roles are separated by commas. */
    protected String createTask(String text, int priority, String roles) {
        return rpc("task.create").with("text", text)
                .with("priority", priority)
                .with("roles", names(roles))
                .result()
                .get("id")
                .asText();
    }

    /** Creates tasks with the texts {@code t0}, {@code t1}, … */
    protected void createNumberedTasks(int count) {
        for (int i = 0; i < count; i++) {
            createTask("t" + i);
        }
    }

    /** Creates tasks with the same text, in batches. */
    protected void createTasks(int count, String text) {
        Rpc.Call create = rpc("task.create").with("text", text);
        for (int left = count; left > 0; left -= MAX_BATCH) {
            assertThat(rpc().batch(Collections.nCopies(Math.min(left, MAX_BATCH), create)))
                    .allSatisfy(response -> assertThat(response.has("result")).isTrue());
        }
    }

    /** Claims one task. Returns its id. */
    protected String claimTask(String workerId) {
        return rpc("task.claim").with("workerId", workerId).result().get("taskId").asText();
    }

    /** Claims one task, which there must be. Returns it. */
    protected JsonNode claim(String workerId) {
        JsonNode claimed = rpc("task.claim").with("workerId", workerId).result();
        assertThat(claimed.has("task")).as("%s gets a task", workerId).isTrue();
        return claimed.get("task");
    }

    /** Begins a report of the holder of a claimed task: {@code report("task.progress", claim("w1"))}. */
    protected Rpc.Call report(String method, JsonNode claimed) {
        return rpc(method).with("taskId", claimed.get("id")).with("claim", claimed.get("claim"));
    }

    /** Returns the status of a task. */
    protected String statusOf(String taskId) {
        return text("HGET", "cb:task:" + taskId, "status");
    }

    /** Ends the back-off of a scheduled task; the next claim or sweep finds it due. */
    protected void endBackoff(String taskId) {
        redis.execute("ZADD", "cb:tasks:scheduled", "XX", "1", taskId);
    }

    /** Completes a task that a worker without a session has claimed. */
    protected void completeTask(String taskId, String workerId) {
        rpc("task.complete").with("taskId", taskId).with("workerId", workerId).result();
    }

    /** Unregisters an instance that has no session. Returns the result. */
    protected JsonNode unregister(String id) {
        return rpc("system.unregister").with("instanceId", id).result();
    }

    /** Lets an instance expire at once: moves its deadline to the past and deletes its keys that have a time to live. */
    protected void lapse(String id) {
        redis.execute("ZADD", "cb:instances:active", "XX", "1", id);
        redis.execute("DEL", "cb:instance:" + id, "cb:health:gossip:" + id);
        if (text("GET", "cb:leader:current").equals(id)) {
            redis.execute("DEL", "cb:leader:current");
        }
    }

    protected JsonNode state() {
        return rpc("system.get_state").with("limit", 1000).result();
    }

    /** Returns the texts of the tasks that a worker holds, in their order. */
    protected List<String> tasksOf(String workerId) {
        List<String> texts = new ArrayList<>();
        for (Response id : redis.execute("ZRANGE", "cb:queue:instance:" + workerId, "0", "-1")) {
            texts.add(redis.hash(String.class).hget("cb:task:" + id, "text"));
        }
        return texts;
    }

    /** Returns the payloads of the events of a type, oldest first. */
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

    /** Returns the types of all events, oldest first. */
    protected List<String> eventTypes() {
        return StreamSupport.stream(redis.execute("XRANGE", "cb:stream:events", "-", "+").spliterator(), false)
                .map(entry -> entry.get(1).get(1).toString())
                .toList();
    }

    /** Returns the reply to a command as an integer, 0 for nil. */
    protected long number(String... command) {
        String text = text(command);
        // scores come as doubles, such as 1.0 or 1.8E12
        return text.isEmpty() ? 0 : new BigDecimal(text).longValueExact();
    }

    /** Returns the reply to a command as text, empty for nil. */
    protected String text(String... command) {
        String[] arguments = new String[command.length - 1];
        System.arraycopy(command, 1, arguments, 0, arguments.length);
        Response reply = redis.execute(command[0], arguments);
        return reply == null ? "" : reply.toString();
    }

    private static List<String> names(String commaSeparated) {
        return commaSeparated.isEmpty() ? List.of() : List.of(commaSeparated.split(","));
    }
}
