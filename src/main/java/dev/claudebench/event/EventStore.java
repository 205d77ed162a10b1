package dev.claudebench.event;

import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;

import jakarta.enterprise.context.ApplicationScoped;

import dev.claudebench.redis.Keys;
import dev.claudebench.redis.Reply;
import dev.claudebench.redis.Script;
import dev.claudebench.redis.ScriptRunner;
import io.smallrye.mutiny.Uni;

/**
 * Events that have happened, read from Redis page by page. However many clients have to catch up, only a few pages are read at a
 * time, so that calls get their turn; clients that are equally far share one.
 */
@ApplicationScoped
class EventStore {
    private static final Script EVENTS_AFTER = Script.load("events_after");
    private static final int PAGE = 250;
    private static final int PAGES_AT_ONCE = 4;

    private final ScriptRunner scripts;
    private final Keys keys;
    private final Map<Position, CompletableFuture<Page>> underWay = new ConcurrentHashMap<>();
    /** What each of the readings at a time waits for: the one before it. */
    private final CompletableFuture<?>[] lanes = new CompletableFuture<?>[PAGES_AT_ONCE];
    private int nextLane;

    EventStore(ScriptRunner scripts, Keys keys) {
        this.scripts = scripts;
        this.keys = keys;
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
                .completionStage(() -> underWay.computeIfAbsent(position, this::readInTurn))
                .onTermination()
                .invoke(() -> underWay.remove(position));
    }

    private synchronized CompletableFuture<Page> readInTurn(Position position) {
        int lane = nextLane;
        nextLane = (nextLane + 1) % PAGES_AT_ONCE;
        CompletableFuture<?> before = lanes[lane];
        CompletableFuture<Page> page = before == null
                ? read(position).subscribeAsCompletionStage()
                : before.handle((any, failure) -> position)
                        .thenCompose(now -> read(now).subscribeAsCompletionStage());
        lanes[lane] = page;
        return page;
    }

    private Uni<Page> read(Position position) {
        List<Object> arguments = List.of(position.after(), position.ofEvent() ? 1 : 0, PAGE, EventBatch.MAX_BYTES);
        return scripts.run(EVENTS_AFTER, keys.prefix(), arguments).map(reply -> page(reply, position));
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
