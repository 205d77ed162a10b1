package dev.claudebench.event;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

import jakarta.annotation.security.RolesAllowed;
import jakarta.ws.rs.BadRequestException;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HEAD;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.ServiceUnavailableException;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;

import org.jboss.resteasy.reactive.RestMulti;
import org.jspecify.annotations.Nullable;

import dev.claudebench.method.Bench;
import dev.claudebench.method.Caller;
import dev.claudebench.method.Failure;
import dev.claudebench.method.Json;
import dev.claudebench.method.Permission;
import dev.claudebench.method.PlainText;
import dev.claudebench.method.Spelling;
import dev.claudebench.rpc.Callers;
import dev.claudebench.rpc.HttpError;
import io.smallrye.common.annotation.NonBlocking;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpServerRequest;

/** Server-sent events, written many at once as bytes. Quarkus would encode and write each event for each client. */
@Path("/events")
public class EventsResource {
    private static final String SINCE = "since";
    private static final Set<String> PARAMS = Set.of(SINCE, "type", "instance");
    private static final String LAST_EVENT_ID = "Last-Event-ID";

    private final EventFeed feed;
    private final Callers callers;

    EventsResource(EventFeed feed, Callers callers) {
        this.feed = feed;
        this.callers = callers;
    }

    /** Returns 200 with an endless stream, 400 for bad parameters, 503 if there are too many clients, or too many of this caller. */
    @GET
    @RolesAllowed(Permission.VIEWER)
    public RestMulti<byte[]> follow(@Context HttpServerRequest request) {
        return follow(Bench.DEFAULT, request);
    }

    /** The same for a bench. */
    public RestMulti<byte[]> follow(Bench bench, HttpServerRequest request) {
        List<Failure.Violation> violations = new ArrayList<>();
        Position position = since(request, violations);
        EventFilter filter = filter(request.params(), violations);
        violations.addAll(Spelling.violations(request.params().names().stream(), PARAMS));
        if (!violations.isEmpty()) {
            throw new BadRequestException(Response.status(Response.Status.BAD_REQUEST)
                    .type(MediaType.APPLICATION_JSON_TYPE)
                    .entity(Json.text(Map.of("error", "parameters are wrong", "violations", violations)))
                    .build());
        }
        Caller caller = callers.of(request, bench);
        feed.refusal(caller).ifPresent(reason -> {
            throw new ServiceUnavailableException(HttpError.retryLater(reason));
        });
        return RestMulti.fromMultiData(feed.feed(bench, caller, position, filter, request.connection()))
                .header(HttpHeaders.CONTENT_TYPE, MediaType.SERVER_SENT_EVENTS)
                .header(HttpHeaders.CACHE_CONTROL, "no-store")
                // Disables buffering in proxies.
                .header("X-Accel-Buffering", "no")
                .build();
    }

    /** Returns 200. Quarkus would return a stream that does not end. */
    @HEAD
    @NonBlocking
    @RolesAllowed(Permission.VIEWER)
    public Response head() {
        return Response.ok().type(MediaType.SERVER_SENT_EVENTS_TYPE).build();
    }

    /** Prefers the header, which a client sends when it reconnects to the same address. */
    private static @Nullable Position since(HttpServerRequest request, List<Failure.Violation> violations) {
        String lastEventId = request.getHeader(LAST_EVENT_ID);
        boolean resumes = lastEventId != null && !lastEventId.isEmpty();
        // Not a @QueryParam, which treats an empty value as absent.
        String text = resumes ? lastEventId : request.getParam(SINCE);
        Position position = text == null ? null : Position.parse(text).orElse(null);
        if (text != null && position == null) {
            violations.add(new Failure.Violation(resumes ? LAST_EVENT_ID : SINCE,
                    "must be the id of an event, or a time in ms since 1970"));
        }
        return position;
    }

    private static EventFilter filter(MultiMap params, List<Failure.Violation> violations) {
        Set<String> types = new HashSet<>(params.getAll("type"));
        Set<String> instances = new HashSet<>(params.getAll("instance"));
        if (!StreamEvent.TYPES.containsAll(types)) {
            violations.add(new Failure.Violation("type", "must be one of " + new TreeSet<>(StreamEvent.TYPES)));
        }
        if (instances.stream().anyMatch(id -> id.isEmpty() || id.codePointCount(0, id.length()) > PlainText.ID)) {
            violations.add(new Failure.Violation("instance", "must be the id of an instance"));
        }
        return new EventFilter(types, instances);
    }
}
