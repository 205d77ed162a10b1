package dev.claudebench.rpc;

import java.util.List;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.MIMEHeader;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.impl.ParsableMIMEValue;

/** What HTTP itself says to a request, whatever it asks for. */
public final class HttpAnswer {
    private static final String JSON = "application/json";
    private static final List<MIMEHeader> JSON_ALONE = List.of(new ParsableMIMEValue(JSON).forceParse());
    private static final String RETRY_AFTER_SECONDS = "5";

    private HttpAnswer() {}

    /** 200 with a body of JSON. */
    public static void json(HttpServerResponse response, byte[] body) {
        response.putHeader(HttpHeaders.CONTENT_TYPE, JSON).end(Buffer.buffer(body));
    }

    /** A status and no body. */
    static void empty(HttpServerResponse response, int status) {
        response.setStatusCode(status).end();
    }

    /** 503: there is no room now, but there may be soon. */
    static void comeBackLater(HttpServerResponse response) {
        empty(response.putHeader(HttpHeaders.RETRY_AFTER, RETRY_AFTER_SECONDS), 503);
    }

    /**
     * Refuses another verb with 405, naming those that there are (RFC 9110, section 15.5.6).
     *
     * @return whether it was refused
     */
    public static boolean refusesVerb(RoutingContext routing, String... verbs) {
        HttpServerRequest request = routing.request();
        if (List.of(verbs).contains(request.method().name())) {
            return false;
        }
        // it comes paused, and would not end: SlowClients closes a connection whose request does not end
        request.resume();
        empty(routing.response().putHeader(HttpHeaders.ALLOW, String.join(", ", verbs)), 405);
        return true;
    }

    /** Whether the client takes JSON: what it says of itself may exclude it. */
    public static boolean acceptsJson(RoutingContext routing) {
        String accept = routing.request().getHeader(HttpHeaders.ACCEPT);
        if (accept == null || accept.equals(JSON) || accept.equals("*/*")) {
            return true;
        }
        List<MIMEHeader> accepted = routing.parsedHeaders().accept();
        return accepted.isEmpty() || routing.parsedHeaders().findBestUserAcceptedIn(accepted, JSON_ALONE) != null;
    }

    /** Whether a body is said to be JSON, as it stands and in whatever charset. */
    static boolean bringsJson(HttpServerRequest request) {
        String type = request.getHeader(HttpHeaders.CONTENT_TYPE);
        if (type == null || request.headers().contains(HttpHeaders.CONTENT_ENCODING)) {
            // a browser may send a body without a type from any page, and none is unpacked
            return false;
        }
        int end = type.indexOf(';');
        return (end < 0 ? type : type.substring(0, end)).strip().equalsIgnoreCase(JSON);
    }
}
