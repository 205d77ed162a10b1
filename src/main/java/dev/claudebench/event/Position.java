package dev.claudebench.event;

import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The position of a follower, who has been sent all events up to this id.
 *
 * @param ofEvent whether it is the id of an event, whose loss is a gap, rather than made from a time or the beginning
 */
record Position(StreamId after, boolean ofEvent) {
    static final Position BEGINNING = new Position(StreamId.BEGINNING, false);

    private static final Pattern TIME = Pattern.compile("\\d{1,15}");
    private static final long LAST_SEQUENCE = -1;

    static Position of(StreamId event) {
        return event.equals(StreamId.BEGINNING) ? BEGINNING : new Position(event, true);
    }

    boolean isTime() {
        return !ofEvent && !equals(BEGINNING);
    }

    /** Returns the text that {@link #parse} reads. */
    String text() {
        if (equals(BEGINNING)) {
            return "0";
        }
        return ofEvent ? after.toString() : Long.toString(after.millis() + 1);
    }

    /** Reads the id of the last event seen, or the time of the first event wanted, in ms since 1970; empty for other text. */
    static Optional<Position> parse(String text) {
        if (TIME.matcher(text).matches()) {
            long millis = Long.parseLong(text);
            // Includes the events of that millisecond.
            return Optional.of(millis == 0 ? BEGINNING : new Position(new StreamId(millis - 1, LAST_SEQUENCE), false));
        }
        try {
            return Optional.of(of(StreamId.parse(text)));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
