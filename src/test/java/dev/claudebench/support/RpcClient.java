package dev.claudebench.support;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;

/** Calls a running service as an agent would, over HTTP. */
public final class RpcClient {
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
            .build();
    private static final HttpClient HTTP = HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();

    private final URI endpoint;

    /** @param base such as {@code http://127.0.0.1:8080/} */
    public RpcClient(URI base) {
        this.endpoint = base.resolve("/rpc");
    }

    /** Calls a method with parameters written as JSON (single quotes may stand for double ones) and gives the response. */
    public JsonNode call(String method, String params) {
        return callAsync(method, params).join();
    }

    /** The {@code result} of a call that must succeed. */
    public JsonNode result(String method, String params) {
        JsonNode response = call(method, params);
        if (!response.has("result")) {
            throw new AssertionError(method + " failed: " + response);
        }
        return response.get("result");
    }

    /** Like {@link #call}, without waiting. */
    public CompletableFuture<JsonNode> callAsync(String method, String params) {
        String body = "{'jsonrpc':'2.0','method':'" + method + "','params':" + params + ",'id':1}";
        return HTTP.sendAsync(request(body.replace('\'', '"')), HttpResponse.BodyHandlers.ofString())
                .thenApply(response -> json(response.body()));
    }

    /** Sends a body as it stands and gives what came back, parsed; for requests that are no plain call. */
    public JsonNode send(String body) {
        try {
            return json(HTTP.send(request(body), HttpResponse.BodyHandlers.ofString()).body());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private HttpRequest request(String body) {
        return HttpRequest.newBuilder(endpoint)
                .timeout(Duration.ofSeconds(30))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build();
    }

    private static JsonNode json(String text) {
        try {
            return JSON.readTree(text);
        } catch (IOException e) {
            throw new UncheckedIOException("not JSON: " + text, e);
        }
    }
}
