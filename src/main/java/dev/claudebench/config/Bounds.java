package dev.claudebench.config;

import java.time.Duration;
import java.util.Locale;

import org.eclipse.microprofile.config.spi.Converter;

import io.quarkus.runtime.configuration.DurationConverter;

/**
 * Converters that check bounds, for {@link io.smallrye.config.WithConverter}. If a value is out of bounds, start-up fails with
 * a message that names the property. Not Bean Validation, which makes start-up much slower.
 */
public final class Bounds {
    private Bounds() {}

    public static final class AtLeastOne extends Count {
        public AtLeastOne() {
            super(1, Integer.MAX_VALUE);
        }
    }

    public static final class AtLeastZero extends Count {
        public AtLeastZero() {
            super(0, Integer.MAX_VALUE);
        }
    }

    public static final class UpToHundred extends Count {
        public UpToHundred() {
            super(1, 100);
        }
    }

    public static final class UpToThousand extends Count {
        public UpToThousand() {
            super(1, 1000);
        }
    }

    /** A duration of at least 1 ms. */
    public static final class Time implements Converter<Duration> {
        @Override
        public Duration convert(String value) {
            // null for an empty value
            Duration time = DurationConverter.parseDuration(value);
            if (time == null || time.compareTo(Duration.ofMillis(1)) < 0) {
                throw new IllegalArgumentException("must be a duration of at least 1ms");
            }
            return time;
        }
    }

    /** Only true and false. Otherwise a misspelt true, such as ture, would be false. */
    public static final class Flag implements Converter<Boolean> {
        @Override
        public Boolean convert(String value) {
            return switch (value.strip().toLowerCase(Locale.ROOT)) {
                case "true" -> true;
                case "false" -> false;
                default -> throw new IllegalArgumentException("must be true or false");
            };
        }
    }

    public static final class Text implements Converter<String> {
        @Override
        public String convert(String value) {
            if (value.isBlank()) {
                throw new IllegalArgumentException("must not be blank");
            }
            return value;
        }
    }

    abstract static class Count implements Converter<Integer> {
        private final int min;
        private final int max;

        Count(int min, int max) {
            this.min = min;
            this.max = max;
        }

        @Override
        public Integer convert(String value) {
            try {
                int number = Integer.parseInt(value.strip());
                if (number >= min && number <= max) {
                    return number;
                }
            } catch (NumberFormatException e) {
                // reported like a number out of bounds
            }
            throw new IllegalArgumentException(
                    "must be an integer of " + min + (max == Integer.MAX_VALUE ? " or more" : " to " + max));
        }
    }
}
