package dev.claudebench.cli;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** A point in time of this process. Unlike an {@link java.time.Instant}, it is not moved when somebody sets the clock. */
record Moment(long nanos) {
    /** Is some 292 years away. */
    static final Moment NEVER = in(Duration.ofSeconds(Long.MAX_VALUE));

    static Moment now() {
        return in(Duration.ZERO);
    }

    static Moment in(Duration delay) {
        return new Moment(System.nanoTime() + TimeUnit.NANOSECONDS.convert(delay));
    }

    boolean isOver() {
        return isOverFor(Duration.ZERO);
    }

    /** Returns whether at least so much time has passed since then. */
    boolean isOverFor(Duration time) {
        return System.nanoTime() - nanos >= TimeUnit.NANOSECONDS.convert(time);
    }
}
