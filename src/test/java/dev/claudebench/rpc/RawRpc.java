package dev.claudebench.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

import com.fasterxml.jackson.databind.JsonNode;

import dev.claudebench.method.Json;

/** Sends what no JSON-RPC client would, and gives back the answer as it came. */
final class RawRpc {
    /** Generous for a busy machine, and far below what a server that hangs would take. */
    private static final Duration PROMPTLY = Duration.ofSeconds(10);
    private static final HttpClient HTTP = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private final URI endpoint;

    RawRpc(URI base) {
        this.endpoint = base.resolve("/rpc");
    }

    /** JSON, with single quotes standing for double ones. */
    static String json(String text) {
        return text.replace('\'', '"');
    }

    HttpRequest.Builder request() {
        return HttpRequest.newBuilder(endpoint).timeout(PROMPTLY);
    }

    HttpResponse<String> send(HttpRequest.Builder request) {
        try {
            return HTTP.send(request.build(), HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** Posts a body with its length in the headers. */
    HttpResponse<String> post(byte[] body) {
        return post(BodyPublishers.ofByteArray(body));
    }

    /** Posts a body in chunks, so that only its end tells how long it is. */
    HttpResponse<String> postChunked(byte[] body) {
        return post(BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(body)));
    }

    private HttpResponse<String> post(BodyPublisher body) {
        return send(request().header("Content-Type", "application/json").POST(body));
    }

    /** The text of an answer that must come with status 200, as JSON. */
    String answer(byte[] body) {
        HttpResponse<String> response = post(body);
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        assertThat(response.headers().firstValue("Content-Type").orElse("")).startsWith("application/json");
        return response.body();
    }

    String answer(String body) {
        return answer(body.getBytes(StandardCharsets.UTF_8));
    }

    /** The answer, parsed by the rules that the service itself holds callers to. */
    JsonNode parsed(String body) {
        return Json.read(answer(body));
    }
}
