package dev.claudebench.event;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

import jakarta.enterprise.context.ApplicationScoped;

import dev.claudebench.method.Bench;
import dev.claudebench.redis.Reply;
import dev.claudebench.redis.Script;
import dev.claudebench.redis.Scripts;
import io.smallrye.mutiny.Uni;

/** Reads events from Redis in pages. Followers at the same position share a read. */
@ApplicationScoped
class EventStore {
    private static final Script EVENTS_AFTER = Script.bulk("events_after");
    private static final int PAGE = 250;

    private final Scripts scripts;
    private final Map<Place, Uni<EventBatch>> inFlight = new ConcurrentHashMap<>();

    EventStore(Scripts scripts) {
        this.scripts = scripts;
    }

    private record Place(Bench bench, Position position) {}

    Uni<EventBatch> after(Bench bench, Position position) {
        return inFlight.computeIfAbsent(new Place(bench, position), now -> Uni.createFrom()
                .deferred(() -> read(now))
                .onTermination()
                .invoke(() -> inFlight.remove(now))
                .memoize()
                .indefinitely());
    }

    /** Returns the position after the newest event of a bench. */
    Uni<Position> end(Bench bench) {
        return scripts.run(EVENTS_AFTER, bench, "$", 1, 0, 0)
                .map(reply -> Position.of(StreamId.parse(reply.text("last"))));
    }

    private Uni<EventBatch> read(Place place) {
        Position position = place.position;
        return scripts
                .run(EVENTS_AFTER, place.bench, position.after(), position.ofEvent() ? 1 : 0, PAGE,
                        EventBatch.MAX_BYTES)
                .map(reply -> batch(reply, position));
    }

    private static EventBatch batch(Reply reply, Position position) {
        List<StreamEvent> events = reply.list("events")
                .stream()
                .map(event -> StreamEvent.of(event.text("id"), event.textOrNull("type"), event.textOrNull("payload")))
                .flatMap(Optional::stream)
                .toList();
        String last = reply.text("last");
        Position end = last.isEmpty() ? position : Position.of(StreamId.parse(last));
        return EventBatch.of(reply.number("gap") == 1, events, end);
    }
}
