package dev.claudebench.redis;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;

import org.jspecify.annotations.NullMarked;

import dev.claudebench.method.Bench;
import dev.claudebench.method.CallContext;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.quarkus.redis.runtime.datasource.ReactiveRedisDataSourceImpl;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.core.Vertx;
import io.vertx.mutiny.redis.client.Redis;
import io.vertx.mutiny.redis.client.RedisAPI;

/** Runs scripts as the service does, without a service, on one Redis and with any settings. */
@NullMarked
public final class TestScripts implements AutoCloseable {
    private static final Duration TIMEOUT = Duration.ofSeconds(30);

    private final Redis client;
    private final SingleShard shards;
    private final String keyPrefix;
    private final Map<Settings, Scripts> scripts = new ConcurrentHashMap<>();

    public TestScripts(io.vertx.core.Vertx vertx, String redisUri, String keyPrefix) {
        Vertx mutiny = Vertx.newInstance(vertx);
        this.client = Redis.createClient(mutiny, redisUri);
        this.shards = new SingleShard(new ReactiveRedisDataSourceImpl(mutiny, client, RedisAPI.api(client)),
                new Outages());
        this.keyPrefix = keyPrefix;
    }

    /**
     * What the service is configured to; times are in ms.
     *
     * @param ttl of an instance
     * @param capacity tasks of a worker
     * @param retention of ended tasks
     * @param retentionCount how many ended tasks are kept
     * @param quotas as JSON
     */
    public record Settings(long ttl, int capacity, long retention, int retentionCount, int maxAttempts,
            String quotas) {
        /** Back-offs end only when a test moves the clock. */
        public static final long FIRST_BACKOFF = 60_000;
        public static final long LONGEST_BACKOFF = 120_000;

        private static final String NO_QUOTAS = quotas(Integer.MAX_VALUE);
        private static final int STREAM_LENGTH = 10_000;
        private static final long IDEMPOTENCY_TTL = 3_600_000;
        private static final long LONGEST_SILENCE = 1_800_000;
        private static final long LEASE = 0;

        /** With a capacity of ten tasks. */
        public static final Settings DEFAULT = new Settings(3_600_000, 10, 3_600_000, 10_000, 3, NO_QUOTAS);

        public Settings withTtl(long millis) {
            return new Settings(millis, capacity, retention, retentionCount, maxAttempts, quotas);
        }

        public Settings withCapacity(int tasks) {
            return new Settings(ttl, tasks, retention, retentionCount, maxAttempts, quotas);
        }

        /** Returns quotas that no test meets, except of the fleet's tasks. */
        public static String quotas(int tasks) {
            return """
                   {"fleet":{"instances":1e9,"tasks":%d,"bytes":1e12},\
                   "principal":{"instances":1e9,"tasks":1e9,"bytes":1e12,"claims":1e9}}""".formatted(tasks);
        }

        private List<String> texts() {
            return Scripts.texts(ttl, capacity, STREAM_LENGTH, retention, retentionCount, maxAttempts,
                    quotas, IDEMPOTENCY_TTL, LONGEST_SILENCE, LEASE, FIRST_BACKOFF, LONGEST_BACKOFF);
        }
    }

    /** Runs a script without a rate limit. */
    public Uni<Reply> run(Settings settings, Script script, Object... arguments) {
        return of(settings).run(script, Bench.DEFAULT, arguments);
    }

    /** Runs a script for a caller. */
    public Uni<Reply> run(Settings settings, Script script, CallContext context, Object... arguments) {
        return of(settings).run(script, context, arguments);
    }

    /** Carries out calls of a script in one run. Returns the replies, or the failures, as text. */
    public Uni<List<String>> runTogether(Settings settings, Script script, List<CallContext> contexts,
            List<List<Object>> arguments) {
        List<ScriptCall> calls = new ArrayList<>();
        List<Uni<String>> replies = new ArrayList<>();
        for (int i = 0; i < contexts.size(); i++) {
            CompletableFuture<Reply> reply = new CompletableFuture<>();
            CallContext context = contexts.get(i);
            List<String> texts = Scripts.texts(arguments.get(i).toArray());
            Uni.createFrom()
                    .<Reply>emitter(emitter -> calls.add(new ScriptCall(context, texts, emitter)))
                    .subscribe()
                    .with(reply::complete, reply::completeExceptionally);
            replies.add(Uni.createFrom()
                    .completionStage(reply)
                    .map(Reply::toString)
                    .onFailure()
                    .recoverWithItem(failure -> String.valueOf(failure.getMessage())));
        }
        List<String> header = new ArrayList<>(List.of("1", keyPrefix));
        header.addAll(settings.texts());
        new ScriptQueue(script, Bench.DEFAULT, shards, header, TIMEOUT,
                new SimpleMeterRegistry().timer("script"), new FleetLog()).new Run(calls)
                .send();
        return Uni.join().all(replies).andFailFast();
    }

    private Scripts of(Settings settings) {
        return scripts.computeIfAbsent(settings,
                fresh -> new Scripts(shards, bench -> keyPrefix, fresh.texts(), TIMEOUT,
                        new SimpleMeterRegistry(), new FleetLog()));
    }

    /** The script with one passage of its text replaced, such as a bound that a test wants to be small. */
    public static Script variant(Script script, String passage, String replacement) {
        return script.withSource(script.source().replace(passage, replacement));
    }

    @Override
    public void close() {
        scripts.values().forEach(Scripts::stop);
        client.close();
    }
}
