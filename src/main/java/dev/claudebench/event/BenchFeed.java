package dev.claudebench.event;

import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;

/** Who takes the events of a bench on this replica, and the newest of these. */
final class BenchFeed {
    private final EventBuffer buffer;
    private final Set<Follower> followers = ConcurrentHashMap.newKeySet();
    private volatile @Nullable Consumer<List<StreamEvent>> listener;

    BenchFeed(EventBuffer buffer) {
        this.buffer = buffer;
    }

    EventBuffer buffer() {
        return buffer;
    }

    Set<Follower> followers() {
        return followers;
    }

    /** @param to null to tell nobody any more */
    void listen(@Nullable Consumer<List<StreamEvent>> to) {
        listener = to;
    }

    boolean isUnused() {
        return followers.isEmpty() && listener == null;
    }

    /** @param events new ones; none if some may have been missed */
    void wake(List<StreamEvent> events) {
        followers.forEach(Follower::wake);
        Consumer<List<StreamEvent>> listening = listener;
        if (listening != null) {
            listening.accept(events);
        }
    }
}
