package dev.claudebench.event;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;

import org.jspecify.annotations.Nullable;

import dev.claudebench.method.Failure;
import dev.claudebench.method.Json;
import dev.claudebench.method.PlainText;
import dev.claudebench.rpc.HttpAnswer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;

/**
 * {@code GET /events}: the fleet's events as server-sent events. A plain route, since the framework's own support writes every
 * event to every client by itself, while here many go out in one.
 */
@ApplicationScoped
class EventsRoute {
    private static final String SINCE = "since";
    private static final String LAST_EVENT_ID = "Last-Event-ID";

    private final EventFeed feed;

    EventsRoute(EventFeed feed) {
        this.feed = feed;
    }

    void add(@Observes Router router) {
        router.route("/events").handler(this::handle);
    }

    private void handle(RoutingContext routing) {
        if (HttpAnswer.refusesVerb(routing, "GET")) {
            return;
        }
        HttpServerRequest request = routing.request();
        HttpServerResponse response = routing.response();
        // it comes paused, and would not end, though it has no body: SlowClients closes a connection whose request does not end
        request.resume();
        List<Failure.Violation> violations = new ArrayList<>();
        Position since = since(request, violations);
        EventFilter filter = filter(request, violations);
        if (!violations.isEmpty()) {
            body(response.setStatusCode(400), Map.of("violations", violations));
            return;
        }
        response.putHeader(HttpHeaders.CONTENT_TYPE, "text/event-stream")
                .putHeader(HttpHeaders.CACHE_CONTROL, "no-store")
                // proxies that collect a response before they pass it on must not
                .putHeader("X-Accel-Buffering", "no");
        if (!feed.feed(request, since, filter)) {
            response.headers().clear();
            body(HttpAnswer.comeBackLater(response), Map.of("error", "no room for another client now"));
        }
    }

    /** A client that comes back says what it saw last in the header, while its address still says where it once began. */
    private static @Nullable Position since(HttpServerRequest request, List<Failure.Violation> violations) {
        String lastEventId = request.getHeader(LAST_EVENT_ID);
        String field = lastEventId == null || lastEventId.isEmpty() ? SINCE : LAST_EVENT_ID;
        String text = field.equals(SINCE) ? request.getParam(SINCE) : lastEventId;
        if (text == null) {
            return null;
        }
        return Position.parse(text).orElseGet(() -> {
            violations.add(new Failure.Violation(field, "must be the id of an event, or a time in ms since 1970"));
            return null;
        });
    }

    private static EventFilter filter(HttpServerRequest request, List<Failure.Violation> violations) {
        Set<String> types = new HashSet<>(request.params().getAll("type"));
        if (!StreamEvent.TYPES.containsAll(types)) {
            violations.add(new Failure.Violation("type", "must be one of " + new TreeSet<>(StreamEvent.TYPES)));
        }
        Set<String> instances = new HashSet<>(request.params().getAll("instance"));
        if (instances.stream().anyMatch(id -> id.isEmpty() || id.codePointCount(0, id.length()) > PlainText.MAX)) {
            violations.add(new Failure.Violation("instance", "must be the id of an instance"));
        }
        return new EventFilter(types, instances);
    }

    private static void body(HttpServerResponse response, Map<String, ?> body) {
        HttpAnswer.json(response, Json.text(body).getBytes(StandardCharsets.UTF_8));
    }
}
