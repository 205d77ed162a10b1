package dev.claudebench.benchmark;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

import dev.claudebench.support.FleetFiller.Fleet;
import dev.claudebench.support.RedisProcess;

/**
 * What one call costs by how much there is already: nobody else calls meanwhile. Whoever registers is unregistered again, and
 * so there are always as many instances, and tasks, as at first.
 */
final class Scale {
    private static final int ROUNDS = 400;
    private static final int WARMUP_ROUNDS = 600;
    private static final int CALLS_A_ROUND = 10;
    private static final long SEED = 6;

    private final Settings settings;
    private final Calls calls = new Calls(1);

    Scale(Settings settings) {
        this.settings = settings;
    }

    /** What is measured at each size. */
    enum Kind {
        /** A new instance that is no worker. */
        REGISTER_MONITOR("registration of a monitor"),
        /** A new worker, which takes up to ten tasks if there are any. */
        REGISTER_WORKER("registration of a worker"),
        /** Of a worker that holds its share. */
        HEARTBEAT("heartbeat");

        private final String title;

        Kind(String title) {
            this.title = title;
        }

        String title() {
            return title;
        }
    }

    /**
     * What one kind of call cost.
     *
     * @param latency of the call, in microseconds
     * @param redisMicros the time of Redis for it
     */
    record Cost(Latencies.Summary latency, double redisMicros) {}

    /**
     * What it costs where there are so many.
     *
     * @param instances how many are alive
     * @param pending how many tasks wait
     * @param bytes what they take of the memory of Redis, together
     */
    record Size(int instances, int pending, long bytes, Map<Kind, Cost> costs) {
        Size {
            costs = Map.copyOf(costs);
        }

        Cost cost(Kind kind) {
            Cost cost = costs.get(kind);
            if (cost == null) {
                throw new IllegalStateException(kind + " was not measured");
            }
            return cost;
        }
    }

    /** Measures the smallest fleet without tasks, the larger ones, and the smallest with tasks. */
    List<Size> measure() {
        List<Integer> sizes = settings.sizes().stream().sorted().toList();
        int few = sizes.get(0);
        List<Size> measured = new ArrayList<>();
        for (int instances : sizes) {
            measured.add(measure(instances, 0));
        }
        for (int pending : sizes.subList(1, sizes.size())) {
            measured.add(measure(few, pending));
        }
        return measured;
    }

    private Size measure(int instances, int pending) {
        Fleet fleet = new Fleet(instances, pending, 0, 0, 0);
        long empty;
        try (RedisProcess redis = new RedisProcess().start()) {
            empty = memory(redis);
        }
        // what has a heartbeat is to live as long as the rest
        try (Stand stand = Stand.service(settings, Stand.Limits.NONE, fleet, "-Dclaudebench.instance.ttl=1h");
                OneClient client = new OneClient(stand.base())) {
            long bytes = stand.filled() - empty;
            Session session = new Session(stand.redis(), client, instances);
            session.rounds(WARMUP_ROUNDS);
            Size size = new Size(instances, pending, bytes, session.rounds(ROUNDS));
            for (Kind kind : Kind.values()) {
                Cost cost = size.cost(kind);
                System.out.printf("%,d instances, %,d pending tasks, %s: p50 %d µs, %.1f µs of Redis%n", instances,
                        pending, kind.title(), cost.latency().p50(), cost.redisMicros());
            }
            return size;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The memory of Redis that is in use. */
    static long memory(RedisProcess redis) {
        return redis.cli("INFO", "memory")
                .lines()
                .filter(line -> line.startsWith("used_memory:"))
                .mapToLong(line -> Long.parseLong(line.substring(line.indexOf(':') + 1).strip()))
                .sum();
    }

    /** The calls to one service. */
    private final class Session {
        private final RedisProcess redis;
        private final OneClient client;
        private final int instances;
        private final Random random = new Random(SEED);
        private int registered;

        Session(RedisProcess redis, OneClient client, int instances) {
            this.redis = redis;
            this.client = client;
            this.instances = instances;
        }

        Map<Kind, Cost> rounds(int count) throws IOException {
            Map<Kind, Latencies> latencies = new LinkedHashMap<>();
            Map<Kind, List<Long>> micros = new LinkedHashMap<>();
            for (int round = 0; round < count; round++) {
                for (Kind kind : Kind.values()) {
                    RedisTime before = RedisTime.of(redis);
                    List<String> gone = new ArrayList<>();
                    for (int call = 0; call < CALLS_A_ROUND; call++) {
                        long nanos = client.call(body(kind, gone));
                        latencies.computeIfAbsent(kind, key -> new Latencies()).add(Latencies.ALL, nanos);
                    }
                    micros.computeIfAbsent(kind, key -> new ArrayList<>())
                            .add(RedisTime.of(redis).since(before).micros());
                    for (String id : gone) {
                        client.call(calls.unregister(id));
                    }
                }
            }
            Map<Kind, Cost> costs = new LinkedHashMap<>();
            latencies.forEach((kind, all) -> costs.put(kind, new Cost(all.all(),
                    median(micros.getOrDefault(kind, List.of())) / (double) CALLS_A_ROUND)));
            return costs;
        }

        /** Of the rounds, since some are disturbed by what else the machine does. */
        private static long median(List<Long> micros) {
            return micros.stream().sorted().skip(micros.size() / 2).findFirst().orElseThrow();
        }

        private String body(Kind kind, List<String> gone) {
            if (kind == Kind.HEARTBEAT) {
                return calls.heartbeat("i" + random.nextInt((instances + 1) / 2) * 2);
            }
            String id = "new-" + registered++;
            gone.add(id);
            return kind == Kind.REGISTER_WORKER ? calls.register(id, "worker") : calls.register(id, "monitor");
        }
    }
}
