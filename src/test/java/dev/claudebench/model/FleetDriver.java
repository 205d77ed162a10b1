package dev.claudebench.model;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.NullMarked;

import dev.claudebench.redis.Reply;
import dev.claudebench.redis.Script;
import dev.claudebench.redis.TestScripts;
import dev.claudebench.redis.TestScripts.Settings;
import dev.claudebench.support.RedisProcess;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Redis;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;

/** Several replicas of the service, as far as Redis and one bench are concerned, and a look at all that Redis holds of it. */
@NullMarked
final class FleetDriver implements AutoCloseable {
    static final String PREFIX = "cb:";

    private static final int REPLICAS = 3;
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Script SNAPSHOT = Script.named("test/snapshot");

    private final Vertx vertx = Vertx.vertx();
    private final List<TestScripts> replicas = new ArrayList<>();
    private final RedisProcess redis;
    private final String prefix;
    private final Redis observer;
    private int turn;
    private String lastEvent = "0-0";

    FleetDriver(RedisProcess redis) {
        this(redis, PREFIX);
    }

    /** @param prefix of every key of the bench; no other driver on this Redis may have one that begins so */
    FleetDriver(RedisProcess redis, String prefix) {
        this.redis = redis;
        this.prefix = prefix;
        for (int i = 0; i < REPLICAS; i++) {
            replicas.add(new TestScripts(vertx, redis.uri().toString(), prefix));
        }
        observer = Redis.createClient(vertx, redis.uri().toString());
        send(Request.cmd(Command.SCRIPT).arg("LOAD").arg(SNAPSHOT.source()));
    }

    /** Empties the bench, for another history. */
    void reset() {
        empty();
        lastEvent = "0-0";
    }

    private void empty() {
        Response keys = send(Request.cmd(Command.KEYS).arg(prefix + "*"));
        if (keys.size() > 0) {
            Request delete = Request.cmd(Command.DEL);
            keys.forEach(key -> delete.arg(key.toString()));
            send(delete);
        }
    }

    /** Runs a script on the replica whose turn it is. */
    Reply run(Settings settings, Script script, Object... arguments) {
        return start(settings, script, arguments).await().atMost(PATIENCE);
    }

    /** Runs a script on as many replicas, at once. */
    List<Reply> runOnEach(int count, Settings settings, Script script, Object... arguments) {
        List<Uni<Reply>> calls = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            calls.add(start(settings, script, arguments));
        }
        return Uni.join().all(calls).andFailFast().await().atMost(PATIENCE);
    }

    /** Carries out calls of a script in one run. Returns the replies, or the failures, as text. */
    List<String> runTogether(Settings settings, Script script, List<FleetCall> calls) {
        return replicas.get(0)
                .runTogether(settings, script, calls.stream().map(FleetCall::context).toList(),
                        calls.stream().map(FleetCall::arguments).toList())
                .await()
                .atMost(PATIENCE);
    }

    /** Makes calls of a script on one replica, all at once. */
    void runAtOnce(Settings settings, Script script, List<FleetCall> calls) {
        Uni.join()
                .all(calls.stream()
                        .map(call -> replicas.get(0)
                                .run(settings, script, call.context(), call.arguments().toArray()))
                        .toList())
                .andFailFast()
                .await()
                .atMost(PATIENCE);
    }

    FleetSnapshot snapshot() {
        FleetSnapshot snapshot = new FleetSnapshot(send(Request.cmd(Command.EVALSHA)
                .arg(SNAPSHOT.sha1())
                .arg(1)
                .arg(prefix)
                .arg(lastEvent)), prefix);
        snapshot.events().forEach(event -> lastEvent = event.id());
        return snapshot;
    }

    /** @param expiresAt in ms, 0 for never */
    record SavedKey(String name, Buffer dump, long expiresAt) {}

    /** Gives all that Redis holds of the bench. */
    List<SavedKey> save() {
        List<SavedKey> keys = new ArrayList<>();
        for (Response key : send(Request.cmd(Command.KEYS).arg(prefix + "*"))) {
            String name = key.toString();
            String expiresAt = send(Request.cmd(Command.PEXPIRETIME).arg(name)).toString();
            keys.add(new SavedKey(name, send(Request.cmd(Command.DUMP).arg(name)).toBuffer(),
                    Math.max(0, Long.parseLong(expiresAt))));
        }
        return keys;
    }

    /** Brings back what Redis held, once its clock has passed a time, and the last event, so that the next is a later one. */
    void restore(List<SavedKey> keys, long time) {
        long eventTime = Long.parseLong(lastEvent.substring(0, lastEvent.indexOf('-')));
        awaitClock(Math.max(time, eventTime));
        empty();
        for (SavedKey key : keys) {
            send(Request.cmd(Command.RESTORE)
                    .arg(key.name())
                    .arg(key.expiresAt())
                    .arg(key.dump())
                    .arg("ABSTTL"));
        }
    }

    void moveClock(Duration by) {
        redis.moveClock(prefix, by);
    }

    void awaitNextMillisecond() {
        awaitClock(now());
    }

    @Override
    public void close() {
        replicas.forEach(TestScripts::close);
        observer.close();
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }

    private Uni<Reply> start(Settings settings, Script script, Object... arguments) {
        turn = (turn + 1) % REPLICAS;
        return replicas.get(turn).run(settings, script, arguments);
    }

    private void awaitClock(long passed) {
        long clock;
        do {
            clock = now();
        } while (clock <= passed);
    }

    /** The clock of Redis, in ms. */
    long now() {
        Response time = send(Request.cmd(Command.TIME));
        return TimeUnit.SECONDS.toMillis(Long.parseLong(time.get(0).toString()))
                + TimeUnit.MICROSECONDS.toMillis(Long.parseLong(time.get(1).toString()));
    }

    private Response send(Request request) {
        return observer.send(request).toCompletionStage().toCompletableFuture().join();
    }
}
