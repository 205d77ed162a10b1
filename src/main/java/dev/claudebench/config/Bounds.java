package dev.claudebench.config;

import java.time.Duration;

import org.eclipse.microprofile.config.spi.Converter;
import org.jspecify.annotations.Nullable;

import io.quarkus.runtime.configuration.DurationConverter;

/**
 * Bounds of properties, for {@link io.smallrye.config.WithConverter}. A value out of bounds stops start-up with a message that
 * names the property. Constraints of Bean Validation would do the same, but they make a start a good deal longer.
 */
public final class Bounds {
    private Bounds() {}

    /** A number of things, of which there is one at least. */
    public static final class AtLeastOne extends Count {
        public AtLeastOne() {
            super(1, Integer.MAX_VALUE);
        }
    }

    /** A number of things that may be none. */
    public static final class AtLeastZero extends Count {
        public AtLeastZero() {
            super(0, Integer.MAX_VALUE);
        }
    }

    /** From 1 to 100. */
    public static final class UpToHundred extends Count {
        public UpToHundred() {
            super(1, 100);
        }
    }

    /** From 1 to 1000. */
    public static final class UpToThousand extends Count {
        public UpToThousand() {
            super(1, 1000);
        }
    }

    /** A time of at least a millisecond. */
    public static final class Time implements Converter<Duration> {
        @Override
        public @Nullable Duration convert(String value) {
            // null for an empty value, which whoever reads the property then refuses
            Duration time = DurationConverter.parseDuration(value);
            if (time != null && time.compareTo(Duration.ofMillis(1)) < 0) {
                throw new IllegalArgumentException("must be at least 1ms");
            }
            return time;
        }
    }

    /** Not empty, nor nothing but blanks. */
    public static final class Text implements Converter<String> {
        @Override
        public String convert(String value) {
            if (value.isBlank()) {
                throw new IllegalArgumentException("must not be blank");
            }
            return value;
        }
    }

    /** A number from {@code least} to {@code most}. */
    abstract static class Count implements Converter<Integer> {
        private final int least;
        private final int most;

        Count(int least, int most) {
            this.least = least;
            this.most = most;
        }

        @Override
        public Integer convert(String value) {
            String wanted = "must be an integer of " + least
                    + (most == Integer.MAX_VALUE ? " or more" : " to " + most);
            try {
                int number = Integer.parseInt(value.strip());
                if (number >= least && number <= most) {
                    return number;
                }
            } catch (NumberFormatException e) {
                throw new IllegalArgumentException(wanted, e);
            }
            throw new IllegalArgumentException(wanted);
        }
    }
}
