package dev.claudebench.event;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

import jakarta.enterprise.context.ApplicationScoped;

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
    private final Map<Position, Uni<EventBatch>> inFlight = new ConcurrentHashMap<>();

    EventStore(Scripts scripts) {
        this.scripts = scripts;
    }

    Uni<EventBatch> after(Position position) {
        return inFlight.computeIfAbsent(position, now -> Uni.createFrom()
                .deferred(() -> read(now))
                .onTermination()
                .invoke(() -> inFlight.remove(now))
                .memoize()
                .indefinitely());
    }

    /** Returns the position after the newest event. */
    Uni<Position> end() {
        return scripts.run(EVENTS_AFTER, "$", 1, 0, 0).map(reply -> Position.of(StreamId.parse(reply.text("last"))));
    }

    private Uni<EventBatch> read(Position position) {
        return scripts.run(EVENTS_AFTER, position.after(), position.ofEvent() ? 1 : 0, PAGE, EventBatch.MAX_BYTES)
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
