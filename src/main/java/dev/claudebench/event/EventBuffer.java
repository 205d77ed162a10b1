package dev.claudebench.event;

import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;

import org.jspecify.annotations.Nullable;

/** The newest events, kept once for all followers. The oldest go when there are too many; they are read from Redis then. */
final class EventBuffer {
    private final int maxEvents;
    private final long maxBytes;
    private final NavigableMap<StreamId, StreamEvent> events = new TreeMap<>();
    private long bytes;
    private long generation;
    /** The buffer has every event after this one; null while nobody reads the stream. */
    private @Nullable StreamId base;
    /** The last batch that was asked for: most followers are at the same position. */
    private @Nullable EventBatch batch;
    private @Nullable StreamId batchAfter;

    EventBuffer(int maxEvents, long maxBytes) {
        this.maxEvents = maxEvents;
        this.maxBytes = maxBytes;
    }

    /** Begins anew: what comes next follows this id. With null, nobody reads the stream any more. */
    synchronized void restart(@Nullable StreamId id) {
        events.clear();
        bytes = 0;
        base = id;
        batch = null;
        generation++;
    }

    /** How often it has begun anew. A follower then asks Redis whether its position is still one of this stream. */
    synchronized long generation() {
        return generation;
    }

    synchronized void append(List<StreamEvent> more) {
        for (StreamEvent event : more) {
            events.put(event.id(), event);
            bytes += event.encoded().length;
        }
        while (events.size() > maxEvents || (bytes > maxBytes && events.size() > 1)) {
            StreamEvent oldest = events.pollFirstEntry().getValue();
            bytes -= oldest.encoded().length;
            base = oldest.id();
        }
        batch = null;
    }

    /** The next events after an id, as many as are sent at once; null when the buffer does not reach back so far. */
    synchronized @Nullable EventBatch after(StreamId id) {
        if (base == null || base.isAfter(id)) {
            return null;
        }
        EventBatch next = batch;
        if (next == null || !id.equals(batchAfter)) {
            next = EventBatch.of(events.tailMap(id, false).values());
            batch = next;
            batchAfter = id;
        }
        return next;
    }
}
