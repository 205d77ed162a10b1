package dev.claudebench.redis;

import dev.claudebench.method.Bench;

/** Finds the Redis server that has the keys of a bench. */
public interface Shards {

    Shard of(Bench bench);

    /**
     * Notes where the keys of a bench have gone, if a server refused a command only because they are on another one, or on their way
     * there. Returns whether it did: then the command can be repeated, on the server that {@link #of} returns now.
     */
    boolean followMove(Bench bench, Throwable error);

    /** Whether one server can fail while others serve their benches. */
    boolean areMany();
}
