package dev.claudebench.event;

import java.util.List;

import jakarta.enterprise.context.ApplicationScoped;

import dev.claudebench.redis.Keys;
import dev.claudebench.redis.Reply;
import dev.claudebench.redis.Script;
import dev.claudebench.redis.ScriptRunner;
import io.smallrye.mutiny.Uni;

/** Events that have happened, read from Redis page by page. */
@ApplicationScoped
class EventStore {
    private static final Script EVENTS_AFTER = Script.load("events_after");
    private static final int PAGE = 250;

    private final ScriptRunner scripts;
    private final Keys keys;

    EventStore(ScriptRunner scripts, Keys keys) {
        this.scripts = scripts;
        this.keys = keys;
    }

    /**
     * Some events behind a position, in order.
     *
     * @param gap whether events behind the position may have been there that are no longer kept
     * @param events none when there are no more
     * @param next the position behind them
     */
    record Page(boolean gap, EventBatch events, Position next) {}

    /** Reads the next page behind a position. */
    Uni<Page> after(Position position) {
        List<Object> arguments = List.of(position.after(), position.ofEvent() ? 1 : 0, PAGE);
        return scripts.run(EVENTS_AFTER, keys.prefix(), arguments).map(reply -> page(reply, position));
    }

    private static Page page(Reply reply, Position position) {
        List<StreamEvent> events = reply.list("events")
                .stream()
                .flatMap(
                        event -> StreamEvent.of(event.text("id"), event.textOrNull("type"), event.textOrNull("payload"))
                                .stream())
                .toList();
        String last = reply.text("last");
        return new Page(reply.number("gap") == 1, new EventBatch(events),
                last.isEmpty() ? position : Position.of(StreamId.parse(last)));
    }
}
