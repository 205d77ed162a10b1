package dev.claudebench.event;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;

/** Some events in order. Followers at the same position share a batch, and it is encoded once for all of them. */
final class EventBatch {
    static final int MAX_BYTES = 48 << 10;

    private final List<StreamEvent> events;
    /** Made for the first client that wants all of it; twice at worst, with the same result. */
    private volatile byte @Nullable [] encoded;

    private EventBatch(List<StreamEvent> events) {
        this.events = events;
    }

    /** The first of these events: as many as are sent at once, so that what waits for a slow client is bounded. */
    static EventBatch of(Iterable<StreamEvent> events) {
        List<StreamEvent> first = new ArrayList<>();
        int bytes = 0;
        for (StreamEvent event : events) {
            bytes += event.encoded().length;
            if (bytes > MAX_BYTES && !first.isEmpty()) {
                break;
            }
            first.add(event);
        }
        return new EventBatch(first);
    }

    int size() {
        return events.size();
    }

    boolean isEmpty() {
        return events.isEmpty();
    }

    /** The id of its first event, null when it is empty. */
    @Nullable
    StreamId first() {
        return events.isEmpty() ? null : events.get(0).id();
    }

    /** The position after it; it must not be empty. */
    Position end() {
        return Position.of(events.get(events.size() - 1).id());
    }

    /** How many of its events a client wants. */
    int count(EventFilter filter) {
        return filter.all() ? events.size() : (int) events.stream().filter(filter::matches).count();
    }

    /** Those events as server-sent events. Not to be changed: others may get the same. */
    byte[] encoded(EventFilter filter) {
        byte[] known = encoded;
        if (filter.all() && known != null) {
            return known;
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        events.stream().filter(filter::matches).forEach(event -> bytes.writeBytes(event.encoded()));
        byte[] made = bytes.toByteArray();
        if (filter.all()) {
            encoded = made;
        }
        return made;
    }
}
