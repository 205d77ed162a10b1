package dev.claudebench.event;

import java.util.Comparator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The id of an entry of the stream, in the order of the stream.
 *
 * @param millis the time, in ms since 1970, unsigned
 * @param sequence its number among those of one millisecond, unsigned
 */
record StreamId(long millis, long sequence) implements Comparable<StreamId> {
    /** Before any entry. */
    static final StreamId BEGINNING = new StreamId(0, 0);

    private static final Pattern TEXT = Pattern.compile("(\\d{1,20})-(\\d{1,20})");
    private static final Comparator<StreamId> ORDER = Comparator.comparing(StreamId::millis, Long::compareUnsigned)
            .thenComparing(StreamId::sequence, Long::compareUnsigned);

    /** @throws IllegalArgumentException when the text is no id */
    static StreamId parse(String text) {
        Matcher matcher = TEXT.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException("not the id of a stream's entry: " + text);
        }
        return new StreamId(Long.parseUnsignedLong(matcher.group(1)), Long.parseUnsignedLong(matcher.group(2)));
    }

    boolean isAfter(StreamId other) {
        return compareTo(other) > 0;
    }

    @Override
    public int compareTo(StreamId other) {
        return ORDER.compare(this, other);
    }

    @Override
    public String toString() {
        return Long.toUnsignedString(millis) + "-" + Long.toUnsignedString(sequence);
    }
}
