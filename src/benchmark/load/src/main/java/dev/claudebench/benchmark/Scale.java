package dev.claudebench.benchmark;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import dev.claudebench.support.FleetFiller.Fleet;
import dev.claudebench.support.RedisProcess;

/**
 * The cost of a lone call by the number of instances and tasks. Each instance that registers is unregistered again, so that these
 * numbers stay the same.
 */
final class Scale {
    private static final int ROUNDS = 400;
    private static final int WARMUP_ROUNDS = 600;
    private static final int CALLS_A_ROUND = 10;
    private static final long SEED = 6;
    private static final int COMPLETED_MEANWHILE = 100_000;
    /** A quota that no size reaches. */
    private static final int ANY_NUMBER = 4_000_000;
    private static final String WORKER = "i0";
    private static final Pattern CLAIMED = Pattern.compile("\"tasks\":\\[\\{\"id\":\"([^\"]+)\"");

    private final Settings settings;
    private final Calls calls = new Calls(1);

    Scale(Settings settings) {
        this.settings = settings;
    }

    /** The calls that are measured. */
    enum Kind {
        /** Registers a new instance that is no worker. */
        REGISTER_MONITOR("registration of a monitor"),
        /** Registers a new worker, which takes up to ten tasks if there are any. */
        REGISTER_WORKER("registration of a worker"),
        /** The heartbeat of a worker that holds its share of the tasks. */
        HEARTBEAT("heartbeat"),
        /** A task is created, and the next one is claimed and completed: three calls. */
        TASK("task round trip");

        private final String title;

        Kind(String title) {
            this.title = title;
        }

        String title() {
            return title;
        }
    }

    /**
     * The cost of one kind of call.
     *
     * @param latency of the call, in microseconds
     * @param redisMicros the time of its scripts
     */
    record Cost(Latencies.Summary latency, double redisMicros) {}

    /**
     * The costs at one size.
     *
     * @param instances live instances
     * @param pending pending tasks
     * @param ended completed tasks
     * @param bytes the memory of Redis that these take
     */
    record Size(int instances, int pending, int ended, long bytes, Map<Kind, Cost> costs) {
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

    /** Measures the smallest fleet without tasks, the larger ones, and the smallest with pending and with ended tasks. */
    List<Size> measure() {
        List<Integer> sizes = settings.sizes().stream().sorted().toList();
        long empty;
        try (RedisProcess redis = new RedisProcess().start()) {
            empty = memory(redis);
        }
        List<Session> sessions = new ArrayList<>();
        try {
            for (int instances : sizes) {
                sessions.add(new Session(instances, 0, 0));
            }
            for (int tasks : sizes.subList(1, sizes.size())) {
                sessions.add(new Session(sizes.get(0), tasks, 0));
                sessions.add(new Session(sizes.get(0), 0, tasks));
            }
            for (Session session : sessions) {
                session.rounds(WARMUP_ROUNDS);
                session.forget();
            }
            // in turns, so that each size meets the same speed of the machine
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

    /** The memory of Redis that is in use, in bytes. */
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
        private final int ended;
        private final Random random = new Random(SEED);
        private final Map<Kind, Latencies> latencies = new EnumMap<>(Kind.class);
        private final Map<Kind, List<Long>> micros = new EnumMap<>(Kind.class);
        private int registered;

        Session(int instances, int pending, int ended) throws IOException {
            this.instances = instances;
            this.pending = pending;
            this.ended = ended;
            stand = Stand.service("service", settings.service(), settings, Stand.Limits.NONE,
                    new Fleet(instances, pending, 0, 0, 0, ended), "-Dclaudebench.instance.ttl=1h",
                    "-Dclaudebench.task.retention-count=" + (ended + COMPLETED_MEANWHILE),
                    "-Dclaudebench.quota.instances=" + ANY_NUMBER, "-Dclaudebench.quota.tasks=" + ANY_NUMBER,
                    "-Dclaudebench.quota.bytes=1G");
            client = new OneClient(stand.base());
        }

        void rounds(int count) throws IOException {
            for (int round = 0; round < count; round++) {
                for (Kind kind : Kind.values()) {
                    RedisTime before = RedisTime.of(stand.redis());
                    List<String> gone = new ArrayList<>();
                    for (int call = 0; call < CALLS_A_ROUND; call++) {
                        long nanos = kind == Kind.TASK ? roundTrip() : client.call(body(kind, gone));
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

        private long roundTrip() throws IOException {
            long begun = System.nanoTime();
            client.call(calls.create());
            Matcher claimed = CLAIMED.matcher(client.send("POST", "/rpc", calls.claim(WORKER)));
            if (!claimed.find()) {
                throw new IllegalStateException("there is no task to claim");
            }
            client.call(calls.complete(claimed.group(1), WORKER));
            return System.nanoTime() - begun;
        }

        /** Drops what was measured in the warm-up. */
        void forget() {
            latencies.clear();
            micros.clear();
        }

        /** @param empty the memory of an empty Redis */
        Size size(long empty) {
            Map<Kind, Cost> costs = new EnumMap<>(Kind.class);
            latencies.forEach((kind, all) -> {
                Cost cost = new Cost(all.all(), median(micros.getOrDefault(kind, List.of())) / (double) CALLS_A_ROUND);
                costs.put(kind, cost);
                System.out.printf("%,d instances, %,d pending and %,d ended tasks, %s: p50 %d µs, %.1f µs of Redis%n",
                        instances, pending, ended, kind.title(), cost.latency().p50(), cost.redisMicros());
            });
            return new Size(instances, pending, ended, stand.filled() - empty, costs);
        }

        @Override
        public void close() {
            try (stand) {
                client.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

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
