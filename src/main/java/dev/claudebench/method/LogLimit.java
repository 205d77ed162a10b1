package dev.claudebench.method;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/** Limits the log lines of one cause to one in ten seconds, since a fault that goes on must not fill the log. */
public final class LogLimit {
    private static final long INTERVAL_NANOS = Duration.ofSeconds(10).toNanos();
    /** Causes can name keys, of which there may be many. */
    private static final int MAX_CAUSES = 1000;

    /** When each cause was last logged, the oldest first. */
    private final Map<String, Long> logged = new LinkedHashMap<>();

    /** Returns whether a line of this cause may be logged now. If so, the next ones have to wait. */
    public synchronized boolean admits(String cause) {
        long now = System.nanoTime();
        Long last = logged.get(cause);
        if (last != null && now - last < INTERVAL_NANOS) {
            return false;
        }
        logged.remove(cause);
        logged.put(cause, now);
        if (logged.size() > MAX_CAUSES) {
            logged.remove(logged.keySet().iterator().next());
        }
        return true;
    }
}
