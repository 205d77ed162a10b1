package dev.claudebench.event;

import java.util.Optional;
import java.util.regex.Pattern;

/**
 * How far a follower has come: all events after this id are still to be sent.
 *
 * @param ofEvent whether the id is that of an event, rather than a time or the beginning. Only then can it be told that the
 *            event itself is no longer kept
 */
record Position(StreamId after, boolean ofEvent) {
    /** Everything that is kept is still to be sent. */
    static final Position BEGINNING = new Position(StreamId.BEGINNING, false);

    private static final Pattern TIME = Pattern.compile("\\d{1,15}");
    private static final long LAST_SEQUENCE = -1;

    static Position of(StreamId event) {
        return event.equals(StreamId.BEGINNING) ? BEGINNING : new Position(event, true);
    }

    /** As a client would send it: the id of an event, or a time. */
    String text() {
        if (equals(BEGINNING)) {
            return "0";
        }
        return ofEvent ? after.toString() : Long.toString(after.millis() + 1);
    }

    /**
     * Reads what a client sends: the id of the last event that it has seen, or a time in ms since 1970 from which on it wants
     * events. Empty when the text is neither.
     */
    static Optional<Position> parse(String text) {
        if (TIME.matcher(text).matches()) {
            long millis = Long.parseLong(text);
            // events of that very millisecond are wanted
            return Optional.of(millis == 0 ? BEGINNING : new Position(new StreamId(millis - 1, LAST_SEQUENCE), false));
        }
        try {
            return Optional.of(of(StreamId.parse(text)));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
