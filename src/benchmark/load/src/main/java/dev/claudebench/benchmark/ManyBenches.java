package dev.claudebench.benchmark;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import dev.claudebench.support.FleetFiller.Fleet;

/** What a call costs by the number of benches, and what a bench costs a replica while nothing happens in it. */
final class ManyBenches {
    private static final List<Integer> SIZES = List.of(1, 100, 1_000);
    /** Instances in all benches together, so that sizes differ by the number of benches alone. */
    private static final int INSTANCES = 1_000;
    private static final int WARMUP_ROUNDS = 300;
    private static final int ROUNDS = 400;
    private static final int CALLS_A_ROUND = 10;
    private static final long SEED = 7;
    private static final Duration SETTLE = Duration.ofMinutes(3);
    private static final Duration IDLE = Duration.ofSeconds(60);
    private static final Pattern HEAP = Pattern.compile("\njvm_memory_used_bytes\\{[^}]*area=\"heap\"[^}]*} (\\S+)");

    private final Settings settings;
    private final Calls calls = new Calls(1);

    ManyBenches(Settings settings) {
        this.settings = settings;
    }

    /** What a heartbeat costs in one of so many benches; {@code redisMicros} is the time of its script. */
    record Size(int benches, Latencies.Summary latency, double redisMicros) {}

    /**
     * What so many benches cost a replica, and Redis, beside those of one.
     *
     * @param cores of the replica, 1 for a whole one
     * @param redisCores of Redis
     * @param heapBytes of the replica, for each bench
     */
    record Idle(String kind, int benches, double cores, double redisCores, double heapBytes) {}

    record Result(List<Size> sizes, List<Idle> idle) {}

    Result measure() {
        try {
            List<Size> sizes = sizes();
            int most = SIZES.get(SIZES.size() - 1);
            return new Result(sizes, List.of(idle("with a waiting task and no instance", most, calls.create()),
                    idle("with an instance", most, calls.register("anna", "worker"))));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private List<Size> sizes() throws IOException {
        List<Session> sessions = new ArrayList<>();
        try {
            for (int benches : SIZES) {
                sessions.add(new Session(benches));
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
            return sessions.stream().map(Session::size).toList();
        } finally {
            sessions.forEach(Session::close);
        }
    }

    /** Compares a service with so many benches, of which each got one such call, with a service with one. */
    private Idle idle(String kind, int benches, String call) throws IOException {
        // lives as long as it is measured
        String ttl = "-Dclaudebench.instance.ttl=" + (call.contains("register") ? "10m" : "30s");
        try (Stand one = stand(ttl); Stand many = stand(ttl)) {
            call(one, 1, call);
            call(many, benches, call);
            Waiting.pause(SETTLE);
            Usage oneBefore = one.usage();
            Usage manyBefore = many.usage();
            Waiting.pause(IDLE);
            Usage oneAfter = one.usage();
            Usage manyAfter = many.usage();
            double seconds = IDLE.toSeconds();
            double cores = nanos(manyBefore.cpu(), manyAfter.cpu()) - nanos(oneBefore.cpu(), oneAfter.cpu());
            double redisCores = nanos(manyBefore.redisCpu(), manyAfter.redisCpu())
                    - nanos(oneBefore.redisCpu(), oneAfter.redisCpu());
            Idle idle = new Idle(kind, benches, cores / seconds / 1e9, redisCores / seconds / 1e9,
                    (heap(many) - heap(one)) / benches);
            System.out.println(idle);
            return idle;
        }
    }

    private static double nanos(Duration before, Duration after) {
        return after.minus(before).toNanos();
    }

    private Stand stand(String... options) {
        return Stand.service("service", settings.service(), settings, Stand.Limits.NONE, new Fleet(0, 0, 0, 0, 0),
                options);
    }

    private static void call(Stand stand, int benches, String call) throws IOException {
        try (OneClient client = new OneClient(stand.base())) {
            for (int i = 0; i < benches; i++) {
                client.call(path(i), call);
            }
        }
    }

    private static String path(int bench) {
        return "/bench/b" + bench + "/rpc";
    }

    /** What is live on the heap, in bytes. */
    private static double heap(Stand stand) throws IOException {
        try {
            new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(),
                    String.valueOf(stand.pid()), "GC.run").start().waitFor();
            URI metrics = stand.base().resolve("/q/metrics");
            String page = HttpClient.newHttpClient()
                    .send(HttpRequest.newBuilder(metrics).build(), HttpResponse.BodyHandlers.ofString())
                    .body();
            double bytes = 0;
            Matcher area = HEAP.matcher(page);
            while (area.find()) {
                bytes += Double.parseDouble(area.group(1));
            }
            return bytes;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** The calls to one service, each in any of its benches. */
    private final class Session implements AutoCloseable {
        private final int benches;
        private final Stand stand;
        private final OneClient client;
        private final Random random = new Random(SEED);
        private final List<Long> micros = new ArrayList<>();
        private Latencies latencies = new Latencies();

        Session(int benches) throws IOException {
            this.benches = benches;
            // no sweep between the calls
            stand = stand("-Dclaudebench.instance.ttl=1h", "-Dclaudebench.instance.sweep-interval=off",
                    "-Dclaudebench.metrics.refresh=off");
            client = new OneClient(stand.base());
            for (int i = 0; i < INSTANCES; i++) {
                client.call(path(i % benches), calls.register("i" + i, "worker"));
            }
        }

        void rounds(int count) throws IOException {
            for (int round = 0; round < count; round++) {
                RedisTime before = RedisTime.of(stand.redis());
                for (int call = 0; call < CALLS_A_ROUND; call++) {
                    int instance = random.nextInt(INSTANCES);
                    latencies.add(Latencies.ALL,
                            client.call(path(instance % benches), calls.heartbeat("i" + instance)));
                }
                micros.add(RedisTime.of(stand.redis()).since(before).micros());
            }
        }

        void forget() {
            latencies = new Latencies();
            micros.clear();
        }

        Size size() {
            long median = micros.stream().sorted().skip(micros.size() / 2).findFirst().orElseThrow();
            Size size = new Size(benches, latencies.all(), median / (double) CALLS_A_ROUND);
            System.out.printf("%,d benches: p50 %d µs, %.1f µs of Redis%n", benches, size.latency().p50(),
                    size.redisMicros());
            return size;
        }

        @Override
        public void close() {
            try (stand) {
                client.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
