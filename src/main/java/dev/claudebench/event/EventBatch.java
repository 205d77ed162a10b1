package dev.claudebench.event;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;

/**
 * The next events after a position. Followers at the same position share a batch, so that it is encoded once for all of them.
 *
 * @param gap whether events between the position and the batch may no longer be retained
 * @param events empty at the end of the stream
 * @param encoded the events as server-sent events; shared, must not be modified
 * @param next the position after the batch
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record EventBatch(boolean gap, List<StreamEvent> events, byte[] encoded, Position next) {
    static final int MAX_BYTES = 48 << 10;

    EventBatch {
        events = List.copyOf(events);
    }

    /** Takes at most {@link #MAX_BYTES} or one event, to bound the memory of a slow client. {@code end} follows all events. */
    static EventBatch of(boolean gap, Iterable<StreamEvent> events, Position end) {
        List<StreamEvent> first = new ArrayList<>();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        Position next = end;
        for (StreamEvent event : events) {
            if (!first.isEmpty() && bytes.size() + event.encoded().length > MAX_BYTES) {
                next = Position.of(first.get(first.size() - 1).id());
                break;
            }
            first.add(event);
            bytes.writeBytes(event.encoded());
        }
        return new EventBatch(gap, first, bytes.toByteArray(), next);
    }

    /** Returns the batch without the events that do not match. */
    EventBatch matching(EventFilter filter) {
        return filter.all() ? this : of(gap, events.stream().filter(filter::matches).toList(), next);
    }
}
