package dev.claudebench.rpc;

import java.util.concurrent.atomic.AtomicLong;

/** An eighth of the heap, for bodies or answers under way. */
final class Room {
    private final long bytes = Runtime.getRuntime().maxMemory() / 8;
    private final AtomicLong taken = new AtomicLong();

    /** Returns false, and takes nothing, if there is not enough room. */
    boolean take(long more) {
        if (taken.addAndGet(more) <= bytes) {
            return true;
        }
        leave(more);
        return false;
    }

    void leave(long less) {
        taken.addAndGet(-less);
    }
}
