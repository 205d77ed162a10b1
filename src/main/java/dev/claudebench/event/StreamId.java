package dev.claudebench.event;

import java.util.Comparator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The id of a stream entry: ms since 1970 and a sequence number, both unsigned. */
public record StreamId(long millis, long sequence) implements Comparable<StreamId> {
    static final StreamId BEGINNING = new StreamId(0, 0);

    private static final Pattern TEXT = Pattern.compile("(\\d{1,20})-(\\d{1,20})");
    private static final Comparator<StreamId> ORDER = Comparator.comparing(StreamId::millis, Long::compareUnsigned)
            .thenComparing(StreamId::sequence, Long::compareUnsigned);

    /** @throws IllegalArgumentException if the text is not an id */
    static StreamId parse(String text) {
        Matcher matcher = TEXT.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException("not the id of a stream entry: " + text);
        }
        return new StreamId(Long.parseUnsignedLong(matcher.group(1)), Long.parseUnsignedLong(matcher.group(2)));
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
