package dev.claudebench.support;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;

import org.jspecify.annotations.NullMarked;
import org.jspecify.annotations.Nullable;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import dev.claudebench.method.Json;
import io.restassured.RestAssured;
import io.restassured.config.EncoderConfig;
import io.restassured.config.HttpClientConfig;
import io.restassured.config.RestAssuredConfig;
import io.restassured.http.ContentType;
import io.restassured.response.Response;
import io.restassured.specification.RequestSpecification;

/**
 * Calls a running service over HTTP: {@code rpc.call("task.claim").with("workerId", "w1").result()}. Each thread has a connection
 * of its own, which it keeps.
 */
@NullMarked
public final class Rpc {
    private static final int CONNECT_MILLIS = 5_000;
    /** Longer than any answer takes on a busy machine. */
    private static final int ANSWER_MILLIS = 30_000;
    private static final ThreadLocal<RestAssuredConfig> CONFIG = ThreadLocal.withInitial(() -> RestAssured.config()
            // send bodies and media types unchanged
            .encoderConfig(EncoderConfig.encoderConfig()
                    .appendDefaultContentCharsetToContentTypeIfUndefined(false)
                    .encodeContentTypeAs("application/x-www-form-urlencoded", ContentType.BINARY))
            .httpClient(HttpClientConfig.httpClientConfig()
                    .setParam("http.connection.timeout", CONNECT_MILLIS)
                    .setParam("http.socket.timeout", ANSWER_MILLIS)
                    .reuseHttpClientInstance()));
    private static final ExecutorService THREADS = Executors.newCachedThreadPool(task -> {
        Thread thread = new Thread(task, "rpc");
        thread.setDaemon(true);
        return thread;
    });

    private final URI service;
    /** Before each path, such as {@code /bench/b1}. */
    private final String base;
    private final @Nullable String key;

    /** Calls a service in a separate process. */
    public static Rpc of(ServiceProcess service) {
        return new Rpc(service.base());
    }

    /** @param service such as {@code http://127.0.0.1:8080/} */
    public Rpc(URI service) {
        this(service, "", null);
    }

    private Rpc(URI service, String base, @Nullable String key) {
        this.service = service;
        this.base = base;
        this.key = key;
    }

    /** Returns the same with an API key or a token. */
    public Rpc as(String credential) {
        return new Rpc(service, base, credential);
    }

    /** Returns the same for a bench. */
    public Rpc on(String bench) {
        return new Rpc(service, "/bench/" + bench, key);
    }

    /** Returns JSON text from text with single quotes instead of double quotes. */
    public static String json(String text) {
        return text.replace('\'', '"');
    }

    /** Begins a call, which a method such as {@link Call#result} sends. */
    public Call call(String method) {
        return new Call(method);
    }

    /** Sends calls as one batch. Returns the responses, in their order. */
    public JsonNode batch(List<Call> calls) {
        return read(calls.stream().map(Call::toString).collect(Collectors.joining(",", "[", "]")));
    }

    public JsonNode batch(Call... calls) {
        return batch(Arrays.asList(calls));
    }

    /** Sends a body as it is. Returns the answer, which must be JSON with status 200. */
    public JsonNode read(String body) {
        return Json.read(text(body));
    }

    /** Like {@link #read}, as text. */
    public String text(String body) {
        return text(body.getBytes(StandardCharsets.UTF_8));
    }

    public String text(byte[] body) {
        Response response = post(body);
        String text = new String(response.asByteArray(), StandardCharsets.UTF_8);
        assertThat(response.statusCode()).as(text).isEqualTo(200);
        assertThat(response.contentType()).startsWith("application/json");
        return text;
    }

    /**
     * Sends a body as it is. Returns the answer, whatever its status.
     *
     * @throws UncheckedIOException when the connection ends without an answer
     */
    public Response post(String body) {
        return post(body.getBytes(StandardCharsets.UTF_8));
    }

    private Response post(byte[] body) {
        try {
            return http().contentType("application/json").body(body).post("/rpc");
        } catch (Exception e) {
            // REST Assured throws it without declaring it
            if (e instanceof IOException io) {
                throw new UncheckedIOException(io);
            }
            throw e;
        }
    }

    /** Begins a request to the service, without a path, body or media type. */
    public RequestSpecification http() {
        RequestSpecification request = RestAssured.given()
                .config(CONFIG.get())
                .baseUri(service.toString())
                .basePath(base);
        return key == null ? request : request.header("Authorization", "Bearer " + key);
    }

    /** A call with its params. */
    public final class Call {
        private final ObjectNode request = Json.MAPPER.createObjectNode();

        private Call(String method) {
            request.put("jsonrpc", "2.0").put("method", method).put("id", 1).putObject("params");
        }

        /** Adds a param. The value may be anything that Jackson writes. */
        public Call with(String param, @Nullable Object value) {
            request.withObject("params").set(param, Json.MAPPER.valueToTree(value));
            return this;
        }

        /** Replaces all params. */
        public Call params(JsonNode params) {
            request.set("params", params);
            return this;
        }

        public Call withId(Object id) {
            request.set("id", Json.MAPPER.valueToTree(id));
            return this;
        }

        /** Sends the call. Returns the response object, whether it has a result or an error. */
        public JsonNode response() {
            return read(toString());
        }

        /** Sends the call without waiting for its response. */
        public CompletableFuture<JsonNode> responseLater() {
            return CompletableFuture.supplyAsync(this::response, THREADS);
        }

        /** Sends the call, which must succeed. */
        public JsonNode result() {
            return member("result");
        }

        /** Sends the call again and again, each time with the cursor that the result before had. Returns the results. */
        public List<JsonNode> pages() {
            List<JsonNode> pages = new ArrayList<>();
            JsonNode page = result();
            pages.add(page);
            while (page.has("cursor")) {
                page = with("cursor", page.get("cursor")).result();
                pages.add(page);
            }
            return pages;
        }

        /** Sends the call. Returns whether it succeeded. Any HTTP status is allowed. */
        public boolean succeeds() {
            return Json.read(post(toString()).asString()).has("result");
        }

        /** Sends the call, which must fail. */
        public JsonNode error() {
            return member("error");
        }

        /** Sends the call, which must fail with this code. */
        public JsonNode error(int code) {
            JsonNode error = error();
            assertThat(error.get("code").intValue()).as("%s: %s", this, error).isEqualTo(code);
            return error;
        }

        /** Sends the call, which must be refused for a named reason. Returns the reason. */
        public String refusal() {
            return error(-32602).at("/data/reason").asText();
        }

        /** Sends the call, whose params must be invalid. Returns the fields that violate constraints. */
        public List<String> violations() {
            return error(-32602).at("/data/violations").findValuesAsText("field");
        }

        private JsonNode member(String name) {
            JsonNode response = response();
            assertThat(response.has(name)).as("%s has an answer with %s: %s", this, name, response).isTrue();
            return response.get(name);
        }

        /** The request, as JSON. */
        @Override
        public String toString() {
            return request.toString();
        }
    }
}
