package dev.claudebench.rpc;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

import io.vertx.core.Vertx;

/**
 * Ends what takes longer than it may. All may take equally long, so whatever began first is late first, and one timer serves for
 * all: making and cancelling one for each costs more than most of what it would watch.
 */
public final class TimeLimit {
    private final Vertx vertx;
    private final long nanos;
    /** In the order in which they began. */
    private final Set<Running> running = new LinkedHashSet<>();
    private boolean timerSet;

    /** @param limit how long each may take */
    public TimeLimit(Vertx vertx, Duration limit) {
        this.vertx = vertx;
        this.nanos = limit.toNanos();
    }

    /**
     * Something begins, and has to be told when it ends.
     *
     * @param whenLate runs once, on some thread of Vert.x, if it does not end in time
     */
    public Running begin(Runnable whenLate) {
        Running begun = new Running(whenLate);
        synchronized (this) {
            running.add(begun);
            if (!timerSet) {
                setTimer(nanos);
            }
        }
        return begun;
    }

    private void setTimer(long nanosLeft) {
        timerSet = true;
        // not a fraction of a millisecond too early
        vertx.setTimer(nanosLeft / 1_000_000 + 1, timer -> takeLate().forEach(late -> late.whenLate.run()));
    }

    private synchronized List<Running> takeLate() {
        timerSet = false;
        List<Running> late = new ArrayList<>();
        for (Running each : running) {
            long left = nanos - each.nanos();
            if (left > 0) {
                setTimer(left);
                break;
            }
            late.add(each);
        }
        late.forEach(running::remove);
        return late;
    }

    /** What has begun. */
    public final class Running {
        private final long begun = System.nanoTime();
        private final Runnable whenLate;

        private Running(Runnable whenLate) {
            this.whenLate = whenLate;
        }

        /** How long it has been running. */
        public long nanos() {
            return System.nanoTime() - begun;
        }

        /** It has ended. Gives whether that was in time, and before anybody else said so. */
        public boolean end() {
            synchronized (TimeLimit.this) {
                return running.remove(this);
            }
        }
    }
}
