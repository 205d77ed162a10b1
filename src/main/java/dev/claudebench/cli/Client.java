package dev.claudebench.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import java.util.stream.Stream;

import javax.net.ssl.SSLException;

import org.jspecify.annotations.Nullable;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import dev.claudebench.method.ErrorCode;
import dev.claudebench.method.Failure;
import dev.claudebench.method.Json;

/** Calls the service. Every failure is a {@link CommandFailure}. */
final class Client {
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);
    static final Duration TIMEOUT = Duration.ofSeconds(10);
    private static final int LONGEST_PAGE = 1000;
    private static final int OK = 200;
    private static final int UNAUTHORIZED = 401;
    private static final int NOT_FOUND = 404;
    private static final int SERVER_ERROR = 500;
    /** Refusals of proxies that pass: Request Timeout, Too Early, Too Many Requests. */
    private static final Set<Integer> PASSING = Set.of(408, 425, 429);
    private static final String KEY_HINT = "; the key is read from CLAUDEBENCH_KEY, or from the file of --key-file";

    private final HttpClient http;
    private final URI base;
    private final Supplier<Optional<String>> key;

    /**
     * @param base such as {@code http://127.0.0.1:8080/bench/b1}
     * @param key asked for each request
     * @param caFile certificates of the CAs to trust, empty for those of Java
     */
    Client(URI base, Supplier<Optional<String>> key, Optional<Path> caFile) {
        this.base = base;
        this.key = key;
        HttpClient.Builder builder = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(CONNECT_TIMEOUT);
        caFile.map(Trust::in).ifPresent(builder::sslContext);
        http = builder.build();
    }

    URI base() {
        return base;
    }

    static ObjectNode params() {
        return Json.MAPPER.createObjectNode();
    }

    /** Returns the result of a call. */
    JsonNode call(String method, ObjectNode params) throws InterruptedException {
        return call(method, params, TIMEOUT);
    }

    /** @param timeout until the answer is complete */
    JsonNode call(String method, ObjectNode params, Duration timeout) throws InterruptedException {
        ObjectNode request = Json.MAPPER.createObjectNode().put("jsonrpc", "2.0").put("id", 1).put("method", method);
        request.set("params", params);
        HttpResponse<String> response = send(request("/rpc")
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofByteArray(Json.bytes(request)))
                .build(), HttpResponse.BodyHandlers.ofString(), timeout);
        ObjectNode answer = Json.readObject(response.body()).orElse(params());
        if (response.statusCode() == OK && answer.has("result")) {
            return answer.get("result");
        }
        String call = params.has("taskId") ? method + " " + params.get("taskId").asText() : method;
        throw answer.path("error").isObject()
                ? failure(call, answer.get("error"))
                : httpFailure(response.statusCode(), answer);
    }

    /** Returns the pages of a list as one, up to a number of elements. It has a cursor if there are more. */
    ObjectNode list(String method, ObjectNode params, String list, int limit) throws InterruptedException {
        ArrayNode elements = Json.MAPPER.createArrayNode();
        JsonNode page;
        do {
            page = call(method, params.put("limit", Math.min(limit - elements.size(), LONGEST_PAGE)));
            page.path(list).forEach(elements::add);
            params.set("cursor", page.get("cursor"));
        } while (page.has("cursor") && elements.size() < limit);
        ObjectNode all = params();
        all.set(list, elements);
        if (page.has("cursor")) {
            all.set("cursor", page.get("cursor"));
        }
        return all;
    }

    /**
     * Follows the events.
     *
     * @param query begins with a question mark, or is empty
     * @return the lines, as they come; must be closed
     */
    Stream<String> events(String query, @Nullable String lastEventId) throws InterruptedException {
        HttpRequest.Builder request = request("/events" + query).header("Accept", "text/event-stream");
        if (lastEventId != null) {
            request.header("Last-Event-ID", lastEventId);
        }
        // Lines come as long as the stream is open. The body of an error is complete when send() returns.
        HttpResponse<Stream<String>> response = send(request.build(), head -> head.statusCode() == OK
                ? HttpResponse.BodySubscribers.ofLines(UTF_8)
                : HttpResponse.BodySubscribers.mapping(HttpResponse.BodySubscribers.ofString(UTF_8), Stream::of),
                TIMEOUT);
        if (response.statusCode() == OK) {
            return response.body();
        }
        String body = response.body().findFirst().orElse("");
        throw httpFailure(response.statusCode(), Json.readObject(body).orElse(params()));
    }

    private HttpRequest.Builder request(String path) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(base + path));
        key.get().ifPresent(present -> request.header("Authorization", "Bearer " + present));
        return request;
    }

    /** @param timeout for all until the body is complete. The timeout of a request ends with the headers before Java 26. */
    private <T> HttpResponse<T> send(HttpRequest request, HttpResponse.BodyHandler<T> body, Duration timeout)
            throws InterruptedException {
        CompletableFuture<HttpResponse<T>> exchange = http.sendAsync(request, body);
        try {
            return exchange.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            Throwable cause = e.getCause();
            if (cause instanceof IOException) {
                throw unreachable(cause);
            }
            throw new IllegalStateException(cause);
        } catch (TimeoutException e) {
            throw unreachable(e);
        } finally {
            exchange.cancel(true);
        }
    }

    private CommandFailure unreachable(Throwable failure) {
        String reason = reason(failure);
        String advice = reason.contains("plaintext")
                ? "; it has no TLS at this port: check --url"
                : failure instanceof SSLException ? "; check --ca-file" : "; check --url, and that it runs";
        String message = "cannot reach the service at " + base + ": " + reason + advice;
        return failure instanceof ConnectException || failure instanceof HttpConnectTimeoutException
                ? CommandFailure.unavailable(message, Duration.ZERO)
                : CommandFailure.uncertain(message, Duration.ZERO);
    }

    private static String reason(Throwable failure) {
        if (failure instanceof HttpTimeoutException || failure instanceof TimeoutException) {
            return "no answer in time";
        }
        String reason = "connection refused";
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof UnresolvedAddressException) {
                return "unknown host";
            }
            reason = cause.getMessage() == null ? reason : cause.getMessage();
        }
        return reason;
    }

    private static CommandFailure failure(String call, JsonNode error) {
        String message = call + ": " + error.path("message").asText();
        JsonNode data = error.path("data");
        Duration retryAfter = Duration.ofMillis(data.path("retryAfterMs").asLong());
        int code = error.path("code").asInt();
        if (code == ErrorCode.RATE_LIMITED.code() || code == ErrorCode.CIRCUIT_OPEN.code()) {
            return CommandFailure.unavailable(message + "; try again in " + Text.duration(retryAfter), retryAfter);
        }
        if (code == ErrorCode.UNAVAILABLE.code()) {
            String again = message + "; try again in " + Text.duration(retryAfter);
            return data.path("outcome").asText().equals(Failure.Outcome.NOT_EXECUTED.word())
                    ? CommandFailure.unavailable(again, retryAfter)
                    : CommandFailure.uncertain(again, retryAfter);
        }
        if (code == ErrorCode.INTERNAL_ERROR.code()) {
            return CommandFailure.uncertain(
                    message + "; the log of the service has the cause: " + data.path("errorId").asText(), retryAfter);
        }
        if (code == ErrorCode.UNAUTHENTICATED.code()) {
            return CommandFailure.refused(message + KEY_HINT, "");
        }
        String status = data.has("status") ? " (" + data.get("status").asText() + ")" : "";
        return CommandFailure.refused(message + status + violations(data), data.path("reason").asText());
    }

    /** Returns what is wrong with each param, empty if nothing is known. */
    private static String violations(JsonNode data) {
        List<String> violations = new ArrayList<>();
        data.path("violations")
                .forEach(each -> violations.add(each.path("field").asText() + ": " + each.path("message").asText()));
        return violations.isEmpty() ? "" : ": " + String.join("; ", violations);
    }

    private CommandFailure httpFailure(int status, JsonNode body) {
        String said = body.path("error").asText() + violations(body);
        String message = base + " answers " + status
                + (said.isEmpty() ? ", which is not an answer of the service; check --url, and proxies" : " " + said)
                + (status == UNAUTHORIZED ? KEY_HINT : status == NOT_FOUND ? "; check --url" : "");
        return status >= SERVER_ERROR || PASSING.contains(status)
                ? CommandFailure.uncertain(message, Duration.ZERO)
                : CommandFailure.refused(message, "");
    }
}
