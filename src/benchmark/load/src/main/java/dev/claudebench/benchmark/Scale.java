package dev.claudebench.benchmark;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.EnumMap;
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
        long empty;
        try (RedisProcess redis = new RedisProcess().start()) {
            empty = memory(redis);
        }
        List<Session> sessions = new ArrayList<>();
        try {
            for (int instances : sizes) {
                sessions.add(new Session(instances, 0));
            }
            for (int pending : sizes.subList(1, sizes.size())) {
                sessions.add(new Session(sizes.get(0), pending));
            }
            for (Session session : sessions) {
                session.rounds(WARMUP_ROUNDS);
                session.forget();
            }
            // in turn, so that all find the machine as fast or as slow as it is
            for (int round = 0; round < ROUNDS; round++) {
                for (Session session : sessions) {
                    session.rounds(1);
                }
            }
            return sessions.stream().map(session -> session.size(empty)).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            sessions.forEach(Session::close);
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
    private final class Session implements AutoCloseable {
        private final Stand stand;
        private final OneClient client;
        private final int instances;
        private final int pending;
        private final Random random = new Random(SEED);
        private final Map<Kind, Latencies> latencies = new EnumMap<>(Kind.class);
        private final Map<Kind, List<Long>> micros = new EnumMap<>(Kind.class);
        private int registered;

        Session(int instances, int pending) throws IOException {
            this.instances = instances;
            this.pending = pending;
            // what has a heartbeat is to live as long as the rest
            stand = Stand.service(settings, Stand.Limits.NONE, new Fleet(instances, pending, 0, 0, 0),
                    "-Dclaudebench.instance.ttl=1h");
            client = new OneClient(stand.base());
        }

        void rounds(int count) throws IOException {
            for (int round = 0; round < count; round++) {
                for (Kind kind : Kind.values()) {
                    RedisTime before = RedisTime.of(stand.redis());
                    List<String> gone = new ArrayList<>();
                    for (int call = 0; call < CALLS_A_ROUND; call++) {
                        long nanos = client.call(body(kind, gone));
                        latencies.computeIfAbsent(kind, key -> new Latencies()).add(Latencies.ALL, nanos);
                    }
                    micros.computeIfAbsent(kind, key -> new ArrayList<>())
                            .add(RedisTime.of(stand.redis()).since(before).micros());
                    for (String id : gone) {
                        client.call(calls.unregister(id));
                    }
                }
            }
        }

        /** What was measured until now was a warm-up. */
        void forget() {
            latencies.clear();
            micros.clear();
        }

        /** @param empty the memory of a Redis that holds nothing */
        Size size(long empty) {
            Map<Kind, Cost> costs = new EnumMap<>(Kind.class);
            latencies.forEach((kind, all) -> {
                Cost cost = new Cost(all.all(), median(micros.getOrDefault(kind, List.of())) / (double) CALLS_A_ROUND);
                costs.put(kind, cost);
                System.out.printf("%,d instances, %,d pending tasks, %s: p50 %d µs, %.1f µs of Redis%n", instances,
                        pending, kind.title(), cost.latency().p50(), cost.redisMicros());
            });
            return new Size(instances, pending, stand.filled() - empty, costs);
        }

        @Override
        public void close() {
            try (stand) {
                client.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
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
