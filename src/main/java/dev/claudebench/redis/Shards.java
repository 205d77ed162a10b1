package dev.claudebench.redis;

import dev.claudebench.method.Bench;

/** Finds the Redis server that has the keys of a bench. */
public interface Shards {

    Shard of(Bench bench);

    /**
     * Whether a server refused a command only because the keys of the bench are on another one, or on their way there. {@link #of}
     * knows that server now, or soon.
     */
    boolean isMove(Bench bench, Throwable error);

    /** Whether one server can fail while others serve their benches. */
    boolean areMany();
}
