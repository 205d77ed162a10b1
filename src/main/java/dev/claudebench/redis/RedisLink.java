package dev.claudebench.redis;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;

import org.jspecify.annotations.Nullable;

import io.quarkus.redis.datasource.ReactiveRedisDataSource;
import io.smallrye.mutiny.Uni;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Response;

/** Sends runs of scripts to Redis, each on a connection that it has alone. */
final class RedisLink {
    /** How many connections may turn out to be closed before a run fails. */
    private static final int MAX_CLOSED = 3;

    private final ReactiveRedisDataSource redis;
    private final String keyPrefix;
    private final List<String> settings;
    private final Duration timeout;
    /** Null before the first answer. */
    private volatile @Nullable Long answeredNanos;

    /**
     * @param settings what every run begins with, in the order of {@code lua/step/run_calls.lua}
     * @param timeout how long a call may take
     */
    RedisLink(ReactiveRedisDataSource redis, String keyPrefix, List<String> settings, Duration timeout) {
        this.redis = redis;
        this.keyPrefix = keyPrefix;
        this.settings = settings;
        this.timeout = timeout;
    }

    Duration timeout() {
        return timeout;
    }

    /** Tells a service that has too much to do from a Redis that hangs. */
    boolean hasAnsweredLately() {
        Long answered = answeredNanos;
        return answered != null && System.nanoTime() - answered < timeout.toNanos();
    }

    /**
     * Sends calls in one run.
     *
     * @param depart asked when there is a connection: false if the run is no longer to be sent
     * @param stay told when the run was not sent after all, since the connection was closed
     * @return the list of their replies, null if the run was not to be sent
     */
    Uni<@Nullable Response> send(Script script, List<ScriptCall> calls, BooleanSupplier depart, Runnable stay) {
        AtomicReference<@Nullable Response> replies = new AtomicReference<>();
        return redis.withConnection(connection -> depart.getAsBoolean()
                ? evaluate(connection, script, calls).invoke(replies::set).replaceWithVoid()
                : Uni.createFrom().voidItem())
                // a connection that cannot be given back does not undo what was answered on it
                .onFailure(error -> replies.get() != null)
                .recoverWithNull()
                .onFailure(RedisFailures::isNotSent)
                .invoke(stay)
                .onFailure(RedisFailures::isNotSent)
                .retry()
                .atMost(MAX_CLOSED)
                // only now the connection is back in the pool, for the next run
                .map(done -> {
                    answeredNanos = System.nanoTime();
                    return replies.get();
                });
    }

    private Uni<Response> evaluate(ReactiveRedisDataSource connection, Script script, List<ScriptCall> calls) {
        List<String> arguments = new ArrayList<>();
        arguments.add(script.sha1());
        arguments.add("1");
        arguments.add(keyPrefix);
        arguments.addAll(settings);
        arguments.add(Integer.toString(calls.get(0).arguments().size()));
        calls.forEach(call -> arguments.addAll(call.arguments()));
        return connection.execute(Command.EVALSHA, arguments.toArray(String[]::new))
                .onFailure(RedisFailures::isNoScript)
                .recoverWithUni(() -> {
                    arguments.set(0, script.source());
                    return connection.execute(Command.EVAL, arguments.toArray(String[]::new));
                })
                .map(io.vertx.mutiny.redis.client.Response::getDelegate);
    }
}
