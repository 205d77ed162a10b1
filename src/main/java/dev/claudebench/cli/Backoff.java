package dev.claudebench.cli;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/** Pauses between attempts: each is up to twice as long as the one before, and random, so that clients do not come back all at once. */
final class Backoff {
    private final long first;
    private final long longest;
    private long millis;

    Backoff(Duration first, Duration longest) {
        this.first = first.toMillis();
        this.longest = longest.toMillis();
        this.millis = this.first;
    }

    /** Sleeps for a pause, after the time that the service has asked for. */
    void pause(Duration atLeast) throws InterruptedException {
        Thread.sleep(atLeast.toMillis() + millis / 2 + ThreadLocalRandom.current().nextLong(millis / 2 + 1));
        millis = Math.min(2 * millis, longest);
    }

    void reset() {
        millis = first;
    }
}
