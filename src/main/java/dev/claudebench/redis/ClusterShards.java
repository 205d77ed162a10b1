package dev.claudebench.redis;

import static java.time.temporal.ChronoUnit.SECONDS;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Function;

import jakarta.enterprise.util.TypeLiteral;

import org.eclipse.microprofile.faulttolerance.exceptions.BulkheadException;
import org.eclipse.microprofile.faulttolerance.exceptions.CircuitBreakerOpenException;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

import dev.claudebench.method.Bench;
import dev.claudebench.method.Failure;
import dev.claudebench.method.Failure.Outcome;
import io.smallrye.faulttolerance.api.TypedGuard;
import io.smallrye.mutiny.CompositeException;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.core.Vertx;
import io.vertx.mutiny.redis.client.Redis;
import io.vertx.mutiny.redis.client.Request;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Response;

/**
 * The primaries of a Redis Cluster, each with connections of its own. Quarkus's client for a Cluster is not used: each of its connections
 * needs all nodes, so that one dead node stops all benches. And it follows ASK, so that a script would run where half of the keys of
 * a bench have not arrived yet.
 */
final class ClusterShards implements Shards {
    private static final Logger LOG = Logger.getLogger(ClusterShards.class);
    private static final Duration MAP_TIMEOUT = Duration.ofMillis(500);
    private static final Duration BREAKER_DELAY = Duration.ofSeconds(1);
    private static final int FAILURES = 5;
    private static final Duration READ_PAUSE = Duration.ofMillis(200);
    private static final TypeLiteral<Uni<Reply>> CALL = new TypeLiteral<>() {
        private static final long serialVersionUID = 1;
    };
    /** Longer than a run may take. */
    private static final Duration CLOSE_AFTER = Duration.ofMinutes(1);

    private final Vertx vertx;
    private final Addresses seeds;
    private final Keys keys;
    private final Outages outages;
    private final int callsOfAShard;
    private final Outages.Outage ofAll;
    /** By address. */
    private final Map<String, Primary> primaries = new ConcurrentHashMap<>();
    /** The address of the primary of each slot; null where it is unknown. */
    private final AtomicReferenceArray<@Nullable String> slots = new AtomicReferenceArray<>(HashSlot.COUNT);
    private volatile boolean isKnown;
    private volatile long readNanos = System.nanoTime() - READ_PAUSE.toNanos();
    private @Nullable Uni<Void> reading;

    /** @param maxCalls of a replica; those on one shard may be half of them */
    ClusterShards(Vertx vertx, Addresses seeds, Keys keys, Outages outages, int maxCalls) {
        this.vertx = vertx;
        this.seeds = seeds;
        this.keys = keys;
        this.outages = outages;
        this.callsOfAShard = Math.max(1, maxCalls / 2);
        this.ofAll = outages.of("The Redis Cluster");
    }

    @Override
    public Shard of(Bench bench) {
        int slot = slotOf(bench);
        String address = slots.get(slot);
        return address == null ? new UnknownShard(slot) : primary(address);
    }

    private int slotOf(Bench bench) {
        return HashSlot.of(keys.prefix(bench));
    }

    private Primary primary(String address) {
        return primaries.computeIfAbsent(address, Primary::new);
    }

    /** ASK and TRYAGAIN mean that the keys are on their way. They are waited for. */
    @Override
    public boolean followMove(Bench bench, Throwable error) {
        if (!(error instanceof Response)) {
            return false;
        }
        // such as MOVED 3999 127.0.0.1:6381
        List<String> words = List.of(String.valueOf(error.getMessage()).split(" ", -1));
        if (words.get(0).equals("MOVED")) {
            int slot = slotOf(bench);
            String named = words.get(2);
            slots.updateAndGet(slot,
                    before -> address(hostOf(named), named.substring(named.lastIndexOf(':') + 1), before));
        }
        return Set.of("MOVED", "ASK", "TRYAGAIN").contains(words.get(0));
    }

    @Override
    public boolean areMany() {
        return true;
    }

    /** Asks all nodes at once which primary has which slots, and takes the first answer: some may be dead or hang. */
    private synchronized Uni<Void> readSlots() {
        Uni<Void> started = reading;
        if (started == null) {
            Set<String> nodes = new HashSet<>(primaries.keySet());
            nodes.addAll(seeds.hostsAndPorts());
            started = Uni.join()
                    .first(nodes.stream().map(this::askForSlots).toList())
                    .withItem()
                    .onFailure(CompositeException.class)
                    .transform(all -> all.getCauses().get(0))
                    .invoke(this::learn)
                    .replaceWithVoid()
                    .onTermination()
                    .invoke(this::endReading)
                    .memoize()
                    .indefinitely();
            reading = started;
        }
        return started;
    }

    private synchronized void endReading() {
        readNanos = System.nanoTime();
        reading = null;
    }

    private Uni<Slots> askForSlots(String node) {
        return primary(node).redis.send(request(Command.CLUSTER, "SLOTS"))
                .map(ranges -> new Slots(node, ranges.getDelegate()))
                .invoke(reply -> {
                    if (reply.ranges.size() == 0) {
                        throw new IllegalStateException(node + " knows no slots");
                    }
                })
                .ifNoItem()
                .after(MAP_TIMEOUT)
                .fail();
    }

    /** The reply of CLUSTER SLOTS: of each range its first and last slot, then host and port of its primary. */
    private record Slots(String node, Response ranges) {}

    /** A slot that the node does not know stays where it was. */
    private void learn(Slots reply) {
        for (Response range : reply.ranges) {
            Response node = range.get(2);
            String address = address(String.valueOf(node.get(0)), String.valueOf(node.get(1)), reply.node);
            for (int slot = number(range.get(0)); slot <= number(range.get(1)); slot++) {
                slots.set(slot, address);
            }
        }
        isKnown = true;
        ofAll.replied();
        Set<String> used = new HashSet<>(seeds.hostsAndPorts());
        for (int slot = 0; slot < slots.length(); slot++) {
            used.add(String.valueOf(slots.get(slot)));
        }
        for (Primary old : List.copyOf(primaries.values())) {
            if (!used.contains(old.address) && primaries.remove(old.address, old)) {
                old.drop();
            }
        }
    }

    /** @param known the address of the node that replied, since a node may not tell its host */
    private static String address(String host, String port, @Nullable String known) {
        boolean isHidden = host.isEmpty() || host.equals("?") || host.equals("null");
        String told = isHidden && known != null ? hostOf(known) : host;
        boolean isBareIpv6 = told.indexOf(':') >= 0 && !told.startsWith("[");
        return (isBareIpv6 ? "[" + told + "]" : told) + ":" + port;
    }

    private static int number(Response text) {
        return Integer.parseInt(text.toString());
    }

    private static String hostOf(String address) {
        return address.substring(0, address.lastIndexOf(':'));
    }

    private static Request request(Command command, String... arguments) {
        var request = io.vertx.redis.client.Request.cmd(command);
        for (String argument : arguments) {
            request.arg(argument);
        }
        return Request.newInstance(request);
    }

    /** A server that is not known yet. */
    private final class UnknownShard extends Shard {
        private final int slot;

        UnknownShard(int slot) {
            super(ofAll);
            this.slot = slot;
        }

        @Override
        public Uni<Void> withConnection(Function<Connection, Uni<Void>> work) {
            return Uni.createFrom().deferred(ClusterShards.this::readSlots).chain(() -> {
                String address = slots.get(slot);
                return address == null
                        ? Uni.createFrom().failure(new IllegalStateException("No node has the hash slot " + slot))
                        : primary(address).withConnection(work);
            });
        }

        /** A slot that no node has concerns its benches alone. */
        @Override
        Uni<Reply> guard(Uni<Reply> call) {
            return call.onFailure(failure -> isKnown).transform(RedisFailures::uncounted);
        }

        @Override
        void failed(Throwable failure) {
            String address = slots.get(slot);
            if (address == null) {
                super.failed(failure);
            } else {
                primary(address).failed(failure);
            }
        }
    }

    /**
     * The primary of a shard. Its circuit breaker serves all methods, since those of the methods must not count its failures. The bound
     * on calls is outside, since the breaker would count its refusals as successes.
     */
    private final class Primary extends Shard {
        private final String address;
        private final Redis redis;
        private final TypedGuard<Uni<Reply>> places;
        private final TypedGuard<Uni<Reply>> breaker;

        Primary(String address) {
            super(outages.of("Redis at " + address));
            this.address = address;
            this.redis = Redis.createClient(vertx, seeds.optionsFor(address));
            this.places = TypedGuard.create(CALL).withBulkhead().limit(callsOfAShard).queueSize(1).done().build();
            this.breaker = TypedGuard.create(CALL)
                    .withCircuitBreaker()
                    .requestVolumeThreshold(FAILURES)
                    .failureRatio(1)
                    .delay(BREAKER_DELAY.toSeconds(), SECONDS)
                    .failOn(Failure.Unavailable.class)
                    .done()
                    .build();
        }

        @Override
        public Uni<Void> withConnection(Function<Connection, Uni<Void>> work) {
            return redis.connect()
                    .chain(own -> work.apply((command, arguments) -> own.send(request(command, arguments)))
                            .onTermination()
                            .call(own::close));
        }

        @Override
        Uni<Reply> guard(Uni<Reply> call) {
            return places.get(() -> breaker.get(() -> call))
                    .onFailure(CircuitBreakerOpenException.class)
                    .transform(open -> new Failure.CircuitOpen(BREAKER_DELAY))
                    .onFailure(BulkheadException.class)
                    .transform(full -> new Failure.Overloaded("Overloaded: too many calls wait for a shard of Redis",
                            Outcome.NOT_EXECUTED))
                    .onFailure(Failure.Unavailable.class)
                    .transform(RedisFailures::uncounted);
        }

        /** A replica may have taken over. */
        @Override
        void failed(Throwable failure) {
            super.failed(failure);
            if (failure instanceof Failure.Unavailable && System.nanoTime() - readNanos > READ_PAUSE.toNanos()) {
                readSlots().subscribe().with(done -> {
                }, unreachable -> LOG.debug("No node of the Redis Cluster answers", unreachable));
            }
        }

        /** Leaves runs under way the time to end. */
        void drop() {
            ended("is no longer a primary");
            vertx.setTimer(CLOSE_AFTER.toMillis(), timer -> redis.close());
        }
    }
}
