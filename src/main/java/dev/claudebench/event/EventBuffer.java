package dev.claudebench.event;

import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.function.LongSupplier;

import org.jspecify.annotations.Nullable;

/** The newest events, kept once for all followers. Followers read older events from Redis. */
final class EventBuffer {
    private final int maxEvents;
    private final LongSupplier maxBytes;
    private final NavigableMap<StreamId, StreamEvent> events = new TreeMap<>();
    private long bytes;
    private long generation;
    /** The buffer has every event after this id; null while the stream is not read. */
    private @Nullable StreamId base;
    /** The last batch returned, because most followers are at the same position. */
    private @Nullable EventBatch batch;
    private @Nullable StreamId batchAfter;

    EventBuffer(int maxEvents, LongSupplier maxBytes) {
        this.maxEvents = maxEvents;
        this.maxBytes = maxBytes;
    }

    /** Empties the buffer. The next events follow this id; null if the stream is no longer read. */
    synchronized void restart(@Nullable StreamId id) {
        events.clear();
        bytes = 0;
        base = id;
        batch = null;
        generation++;
    }

    /** Returns the number of restarts. After one, a follower asks Redis whether its position is still valid. */
    synchronized long generation() {
        return generation;
    }

    synchronized void append(List<StreamEvent> more) {
        for (StreamEvent event : more) {
            events.put(event.id(), event);
            bytes += event.encoded().length;
        }
        while (events.size() > maxEvents || (bytes > maxBytes.getAsLong() && events.size() > 1)) {
            StreamEvent oldest = events.pollFirstEntry().getValue();
            bytes -= oldest.encoded().length;
            base = oldest.id();
        }
        batch = null;
    }

    /**
     * Returns the next events after a position; null if older events than the buffer has may follow it, or if the buffer does not have its
     * event: who got that from Redis before the reader did would not be told of its loss.
     */
    synchronized @Nullable EventBatch after(Position position) {
        StreamId id = position.after();
        if (!startsBefore(position) || (position.ofEvent() && !id.equals(base) && !events.containsKey(id))) {
            return null;
        }
        EventBatch next = batch;
        if (next == null || !id.equals(batchAfter)) {
            StreamId end = events.isEmpty() ? id : events.lastKey();
            next = EventBatch.of(false, events.tailMap(id, false).values(), Position.of(end));
            batch = next;
            batchAfter = id;
        }
        return next;
    }

    /** Returns whether the stream is read from this position or an earlier one. */
    synchronized boolean startsBefore(Position position) {
        return base != null && base.compareTo(position.after()) <= 0;
    }
}
