package dev.claudebench.event;

import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;

import jakarta.enterprise.context.ApplicationScoped;

import dev.claudebench.redis.Reply;
import dev.claudebench.redis.Script;
import dev.claudebench.redis.Scripts;
import io.smallrye.mutiny.Uni;

/**
 * Events that have happened, read from Redis page by page. Clients that are equally far share one.
 */
@ApplicationScoped
class EventStore {
    private static final Script EVENTS_AFTER = Script.bulk("events_after");
    private static final int PAGE = 250;

    private final Scripts scripts;
    private final Map<Position, CompletableFuture<Page>> underWay = new ConcurrentHashMap<>();

    EventStore(Scripts scripts) {
        this.scripts = scripts;
    }

    /**
     * Some events after a position, in order.
     *
     * @param gap whether events after the position may have been there that are no longer kept
     * @param events none when there are no more
     * @param next the position after them
     */
    record Page(boolean gap, EventBatch events, Position next) {}

    /** Reads the next page after a position. */
    Uni<Page> after(Position position) {
        return Uni.createFrom()
                .completionStage(
                        () -> underWay.computeIfAbsent(position, now -> read(now).subscribeAsCompletionStage()))
                .onTermination()
                .invoke(() -> underWay.remove(position));
    }

    private Uni<Page> read(Position position) {
        return scripts.run(EVENTS_AFTER, position.after(), position.ofEvent() ? 1 : 0, PAGE, EventBatch.MAX_BYTES)
                .map(reply -> page(reply, position));
    }

    private static Page page(Reply reply, Position position) {
        List<StreamEvent> events = reply.list("events")
                .stream()
                .flatMap(
                        event -> StreamEvent.of(event.text("id"), event.textOrNull("type"), event.textOrNull("payload"))
                                .stream())
                .toList();
        EventBatch batch = EventBatch.of(events);
        String last = reply.text("last");
        Position end = last.isEmpty() ? position : Position.of(StreamId.parse(last));
        return new Page(reply.number("gap") == 1, batch, batch.size() < events.size() ? batch.end() : end);
    }
}
