package dev.claudebench.event;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

import jakarta.ws.rs.BadRequestException;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HEAD;
import jakarta.ws.rs.NotAllowedException;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.ServiceUnavailableException;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;

import org.jboss.resteasy.reactive.RestMulti;
import org.jspecify.annotations.Nullable;

import dev.claudebench.method.Failure;
import dev.claudebench.method.Json;
import dev.claudebench.method.PlainText;
import dev.claudebench.rpc.HttpError;
import io.smallrye.common.annotation.NonBlocking;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpServerRequest;

/**
 * The fleet's events as server-sent events. They leave as bytes, many in one part: by itself, Quarkus encodes and writes each event
 * for each client.
 */
@Path("/events")
public class EventsResource {
    private static final String SINCE = "since";
    private static final String LAST_EVENT_ID = "Last-Event-ID";

    private final EventFeed feed;

    EventsResource(EventFeed feed) {
        this.feed = feed;
    }

    /** Answers 200 with a stream that goes on, 400 for bad parameters, 503 when there are too many followers. */
    @GET
    public RestMulti<byte[]> follow(@Context HttpServerRequest request) {
        List<Failure.Violation> violations = new ArrayList<>();
        Position position = since(request, violations);
        EventFilter filter = filter(request.params(), violations);
        if (!violations.isEmpty()) {
            throw new BadRequestException(Response.status(Response.Status.BAD_REQUEST)
                    .type(MediaType.APPLICATION_JSON_TYPE)
                    .entity(Json.text(Map.of("violations", violations)))
                    .build());
        }
        return RestMulti
                .fromMultiData(feed.feed(position, filter, request.connection())
                        .orElseThrow(() -> new ServiceUnavailableException(
                                HttpError.comeBackLater("no room for another client now: repeat it later"))))
                .header(HttpHeaders.CONTENT_TYPE, MediaType.SERVER_SENT_EVENTS)
                .header(HttpHeaders.CACHE_CONTROL, "no-store")
                // proxies that collect a response before they pass it on must not
                .header("X-Accel-Buffering", "no")
                .build();
    }

    /** Else Quarkus would answer with a stream. */
    @HEAD
    @NonBlocking
    public Response refuseHead() {
        throw new NotAllowedException("GET");
    }

    /** A client that comes back says what it saw last in the header, while its address still says where it once began. */
    private static @Nullable Position since(HttpServerRequest request, List<Failure.Violation> violations) {
        String lastEventId = request.getHeader(LAST_EVENT_ID);
        String field = lastEventId == null || lastEventId.isEmpty() ? SINCE : LAST_EVENT_ID;
        // not by @QueryParam, for which an empty one is none
        String text = field.equals(SINCE) ? request.getParam(SINCE) : lastEventId;
        if (text == null) {
            return null;
        }
        return Position.parse(text).orElseGet(() -> {
            violations.add(new Failure.Violation(field, "must be the id of an event, or a time in ms since 1970"));
            return null;
        });
    }

    private static EventFilter filter(MultiMap params, List<Failure.Violation> violations) {
        Set<String> types = new HashSet<>(params.getAll("type"));
        Set<String> instances = new HashSet<>(params.getAll("instance"));
        if (!StreamEvent.TYPES.containsAll(types)) {
            violations.add(new Failure.Violation("type", "must be one of " + new TreeSet<>(StreamEvent.TYPES)));
        }
        if (instances.stream().anyMatch(id -> id.isEmpty() || id.codePointCount(0, id.length()) > PlainText.MAX)) {
            violations.add(new Failure.Violation("instance", "must be the id of an instance"));
        }
        return new EventFilter(types, instances);
    }
}
