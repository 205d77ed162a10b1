package dev.claudebench.event;

import java.util.AbstractList;
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * The newest events, kept once for all who follow. Bounded: the oldest go when there are too many. Whoever is further behind
 * reads them from Redis.
 */
final class EventBuffer {
    private final StreamEvent[] ring;
    private final long maxBytes;
    /** How many events were ever put in; the newest is at the place before. */
    private long end;
    private long begin;
    private long generation;
    /** What was asked for last: most followers are at the same place. */
    private EventBatch batch = EventBatch.of(List.of());
    private long batchFrom = -1;
    private long batchEnd = -1;
    private long bytes;
    /** The buffer has every event after this one; null before the reader knows where it begins. */
    private @Nullable StreamId base;
    private @Nullable StreamId last;

    EventBuffer(int maxEvents, long maxBytes) {
        this.ring = new StreamEvent[maxEvents];
        this.maxBytes = maxBytes;
    }

    /** Begins anew: what comes next follows this id. */
    synchronized void restart(StreamId id) {
        clear(id);
    }

    /** Nobody reads the stream any more. */
    synchronized void close() {
        clear(null);
    }

    private void clear(@Nullable StreamId id) {
        begin = end;
        bytes = 0;
        base = id;
        last = id;
        generation++;
    }

    /** How often it has begun anew: who follows asks Redis then whether its position is still one in this stream. */
    synchronized long generation() {
        return generation;
    }

    synchronized void append(List<StreamEvent> events) {
        for (StreamEvent event : events) {
            if (end - begin == ring.length) {
                evict();
            }
            ring[(int) (end % ring.length)] = event;
            end++;
            bytes += event.encoded().length;
            last = event.id();
        }
        while (bytes > maxBytes && end - begin > 1) {
            evict();
        }
    }

    private void evict() {
        StreamEvent oldest = ring[(int) (begin % ring.length)];
        begin++;
        bytes -= oldest.encoded().length;
        base = oldest.id();
    }

    /** Where the stream was when it was last read; null when it is not read. */
    synchronized @Nullable StreamId last() {
        return last;
    }

    /** The next events after an id, as many as are sent at once; null when the buffer does not reach back so far. */
    synchronized @Nullable EventBatch after(StreamId id) {
        if (base == null || base.isAfter(id)) {
            return null;
        }
        long from = firstAfter(id);
        if (from != batchFrom || end != batchEnd) {
            batch = EventBatch.of(new AbstractList<>() {
                @Override
                public StreamEvent get(int index) {
                    return ring[(int) ((from + index) % ring.length)];
                }

                @Override
                public int size() {
                    return (int) (end - from);
                }
            });
            batchFrom = from;
            batchEnd = end;
        }
        return batch;
    }

    private long firstAfter(StreamId id) {
        long low = begin;
        long high = end;
        while (low < high) {
            long middle = (low + high) >>> 1;
            if (ring[(int) (middle % ring.length)].id().isAfter(id)) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        return low;
    }
}
