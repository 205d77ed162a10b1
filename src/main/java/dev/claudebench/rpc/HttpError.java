package dev.claudebench.rpc;

import java.util.Map;

import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;

import org.jspecify.annotations.Nullable;

import dev.claudebench.method.Json;
import io.vertx.ext.web.RoutingContext;

/** HTTP errors, whose body is a JSON object with the member {@code error}. */
public final class HttpError {
    static final int BAD_REQUEST = 400;
    static final int TOO_LARGE = 413;
    static final int UNSUPPORTED = 415;
    static final int UNAVAILABLE = 503;
    private static final String RETRY_AFTER_SECONDS = "5";

    private HttpError() {}

    /** Returns the text of the error for a body of more bytes than this. */
    static String tooLarge(long maxBytes) {
        return "the body is larger than " + maxBytes + " bytes: send less, such as a batch in parts";
    }

    /** Begins an error response, to which headers may be added. */
    public static Response.ResponseBuilder of(int status, String error) {
        return Response.status(status).type(MediaType.APPLICATION_JSON_TYPE).entity(body(error));
    }

    /** Returns 503 with Retry-After. */
    public static Response retryLater(String error) {
        return of(UNAVAILABLE, error).header(HttpHeaders.RETRY_AFTER, RETRY_AFTER_SECONDS).build();
    }

    /** Rejects a request without reading its body, and closes the connection. */
    static void endConnection(RoutingContext routing, int status, @Nullable String error) {
        routing.response().setStatusCode(status).putHeader("Connection", "close");
        if (status == UNAVAILABLE) {
            routing.response().putHeader(HttpHeaders.RETRY_AFTER, RETRY_AFTER_SECONDS);
        }
        if (error != null) {
            routing.response().putHeader(HttpHeaders.CONTENT_TYPE, MediaType.APPLICATION_JSON);
        }
        // Later, because the end of a response starts the next request of the connection on the same stack.
        routing.vertx()
                .getOrCreateContext()
                .runOnContext(later -> routing.response()
                        .end(error == null ? "" : body(error))
                        .onComplete(written -> routing.request().connection().close()));
    }

    /** Returns the body of an error. */
    public static String body(String error) {
        return Json.text(Map.of("error", error));
    }
}
