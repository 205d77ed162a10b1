package dev.claudebench.rpc;

import java.util.Map;

import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;

import dev.claudebench.method.Json;
import io.vertx.core.buffer.Buffer;
import io.vertx.ext.web.RoutingContext;

/** What HTTP itself says to a request that it refuses: a JSON object whose {@code error} says what would do. */
public final class HttpError {
    private static final int BAD_REQUEST = 400;
    static final int TOO_LARGE = 413;
    static final int UNAVAILABLE = 503;
    static final String TOO_LARGE_TEXT = "the body is too large: send less, such as a batch in parts";
    private static final String RETRY_AFTER_SECONDS = "5";

    private HttpError() {}

    /** 413, for a body whose length was not announced. */
    static Response tooLarge() {
        return of(TOO_LARGE, TOO_LARGE_TEXT).build();
    }

    /** A refusal, to which headers may be added. */
    static Response.ResponseBuilder of(int status, String error) {
        return Response.status(status).type(MediaType.APPLICATION_JSON_TYPE).entity(body(error));
    }

    /** 503: there is no room now, but there may be soon. */
    public static Response comeBackLater(String error) {
        return of(UNAVAILABLE, error).header(HttpHeaders.RETRY_AFTER, RETRY_AFTER_SECONDS).build();
    }

    /** Refuses a request of which nobody reads the body: the connection ends with the answer. */
    static void endConnection(RoutingContext routing, int status, String error) {
        if (status == UNAVAILABLE) {
            routing.response().putHeader(HttpHeaders.RETRY_AFTER, RETRY_AFTER_SECONDS);
        }
        routing.response().putHeader(HttpHeaders.CONTENT_TYPE, MediaType.APPLICATION_JSON);
        endConnection(routing, status, Buffer.buffer(body(error)));
    }

    /** Refuses with 400, and without a word, what is hardly HTTP. */
    static void endConnection(RoutingContext routing) {
        endConnection(routing, BAD_REQUEST, Buffer.buffer());
    }

    private static void endConnection(RoutingContext routing, int status, Buffer body) {
        routing.response().setStatusCode(status).putHeader("Connection", "close");
        // later, since the end of an answer begins the next request of the connection on the same stack
        routing.vertx()
                .getOrCreateContext()
                .runOnContext(later -> routing.response()
                        .end(body)
                        .onComplete(written -> routing.request().connection().close()));
    }

    private static String body(String error) {
        return Json.text(Map.of("error", error));
    }
}
