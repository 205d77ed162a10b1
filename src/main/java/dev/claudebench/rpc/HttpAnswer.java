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
    private static final int METHOD_NOT_ALLOWED = 405;
    private static final int NOT_ACCEPTABLE = 406;
    private static final int UNSUPPORTED_MEDIA_TYPE = 415;
    private static final int SERVICE_UNAVAILABLE = 503;

    private HttpAnswer() {}

    /** A body of JSON, with whatever status is set: 200 if none is. */
    public static void json(HttpServerResponse response, byte[] body) {
        response.putHeader(HttpHeaders.CONTENT_TYPE, JSON).end(Buffer.buffer(body));
    }

    /** A status and no body. */
    static void empty(HttpServerResponse response, int status) {
        response.setStatusCode(status).end();
    }

    /** Makes it a 503, to be ended by the caller: there is no room now, but there may be soon. */
    public static HttpServerResponse comeBackLater(HttpServerResponse response) {
        return response.setStatusCode(SERVICE_UNAVAILABLE).putHeader(HttpHeaders.RETRY_AFTER, RETRY_AFTER_SECONDS);
    }

    /**
     * Refuses another verb with 405, naming those that there are (RFC 9110, section 15.5.6).
     *
     * @return whether it was refused
     */
    public static boolean refusesVerb(RoutingContext routing, String... verbs) {
        if (List.of(verbs).contains(routing.request().method().name())) {
            return false;
        }
        routing.response().putHeader(HttpHeaders.ALLOW, String.join(", ", verbs));
        return refuses(routing, METHOD_NOT_ALLOWED);
    }

    /**
     * Refuses with 406 a client that takes no JSON.
     *
     * @return whether it was refused
     */
    public static boolean refusesAccept(RoutingContext routing) {
        String accept = routing.request().getHeader(HttpHeaders.ACCEPT);
        if (accept == null || accept.equals(JSON) || accept.equals("*/*")) {
            return false;
        }
        List<MIMEHeader> wanted = routing.parsedHeaders().accept().stream().filter(type -> type.weight() > 0).toList();
        return routing.parsedHeaders().findBestUserAcceptedIn(wanted, JSON_ALONE) == null
                && refuses(routing, NOT_ACCEPTABLE);
    }

    /**
     * Refuses with 415 a body that is not said to be JSON, in whatever charset, as it stands.
     *
     * @return whether it was refused
     */
    static boolean refusesBody(RoutingContext routing) {
        HttpServerRequest request = routing.request();
        String type = request.getHeader(HttpHeaders.CONTENT_TYPE);
        // a browser may send a body without a type from any page, and none is unpacked
        return (type == null || request.headers().contains(HttpHeaders.CONTENT_ENCODING) || !isJson(type))
                && refuses(routing, UNSUPPORTED_MEDIA_TYPE);
    }

    private static boolean isJson(String mediaType) {
        int end = mediaType.indexOf(';');
        return (end < 0 ? mediaType : mediaType.substring(0, end)).strip().equalsIgnoreCase(JSON);
    }

    private static boolean refuses(RoutingContext routing, int status) {
        // it comes paused, and its body would be waited for
        routing.request().resume();
        empty(routing.response(), status);
        return true;
    }
}
