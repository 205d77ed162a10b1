package dev.claudebench.redis;

import java.util.function.Function;

import dev.claudebench.redis.Outages.Outage;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.redis.client.Response;
import io.vertx.redis.client.Command;

/** A Redis server: the only one, or the primary of a shard of a Redis Cluster. */
public abstract class Shard {
    private final Outage outage;

    Shard(Outage outage) {
        this.outage = outage;
    }

    /** Sends commands over one connection. */
    @FunctionalInterface
    public interface Connection {
        Uni<Response> execute(Command command, String... arguments);
    }

    /** Lends a connection to the work, for as long as this runs. Commands that it is given at once are pipelined. */
    public abstract Uni<Void> withConnection(Function<Connection, Uni<Void>> work);

    /** Surrounds a call with what keeps this server from harming the calls of others. */
    Uni<Reply> guard(Uni<Reply> call) {
        return call;
    }

    /** Records that the server has replied to a run of a script. */
    final void replied() {
        outage.replied();
    }

    /** Records that the server is not used any more, and why. */
    final void ended(String how) {
        outage.end(how);
    }

    /** Records that a run has failed. */
    void failed(Throwable failure) {
        outage.failed(failure);
    }

    /** Records that a call failed although the server replied to its run. */
    final void refused(Throwable failure) {
        outage.refused(failure);
    }
}
