package dev.claudebench.benchmark;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import dev.claudebench.support.FleetFiller.Fleet;
import dev.claudebench.support.RedisProcess;

/** Idle agents: what claims cost that wait for a task, and how soon one of them gets a task that is created. */
final class Waiting {
    private static final int CLAIMS = 1_000;
    private static final int CREATIONS = 50;
    private static final int WARMUP = 20;
    private static final Duration WAIT = Duration.ofSeconds(30);
    private static final Duration IDLE = Duration.ofSeconds(10);
    /** Between the first claims: each opens a connection. */
    private static final Duration PACE = Duration.ofMillis(5);
    private static final Duration QUIET = Duration.ofSeconds(1);
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Pattern COMMAND = Pattern.compile("cmdstat_([^:]+):calls=(\\d+)");
    private static final Pattern TASK = Pattern.compile("\"taskId\":\"([^\"]+)\"");
    /** What this class itself sends. */
    private static final Set<String> OWN = Set.of("info");

    private final Settings settings;
    private final Calls calls = new Calls(1);
    private final HttpClient http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final BlockingQueue<Claimed> claimed = new LinkedBlockingQueue<>();
    private volatile boolean ended;

    Waiting(Settings settings) {
        this.settings = settings;
    }

    /**
     * The result.
     *
     * @param claims how many claims waited
     * @param idle the commands of Redis while nothing happened, by name
     * @param wake from the call that creates a task to the answer to the claim that gets it, in microseconds
     */
    record Result(int claims, Map<String, Long> idle, Latencies.Summary wake) {
        Result {
            idle = new TreeMap<>(idle);
        }
    }

    private record Claimed(String worker, String task, long nanos) {}

    Result measure() {
        try (Stand stand = Stand.service("this", settings.service(), settings, Stand.Limits.NONE,
                new Fleet(0, 0, 0, 0, 0), "-Dclaudebench.instance.ttl=10m", "-Dclaudebench.instance.sweep-interval=off",
                "-Dclaudebench.metrics.refresh=off")) {
            URI service = stand.base().resolve("/rpc");
            register(stand.base());
            for (int i = 0; i < CLAIMS; i++) {
                claim(service, "w" + i);
                pause(PACE);
            }
            awaitAll(stand);
            Map<String, Long> idle = idle(stand.redis());
            create(service, WARMUP);
            Latencies.Summary wake = create(service, CREATIONS);
            ended = true;
            return new Result(CLAIMS, idle, wake);
        }
    }

    private void register(URI service) {
        try (OneClient client = new OneClient(service)) {
            for (int i = 0; i < CLAIMS; i++) {
                client.call(calls.register("w" + i, "worker"));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A claim that ends without a task is made again. */
    private void claim(URI service, String worker) {
        var unused = send(service, calls.claim(worker, WAIT.toMillis())).whenComplete((answer, failure) -> {
            long now = System.nanoTime();
            Matcher task = TASK.matcher(answer == null ? "" : answer);
            if (task.find()) {
                claimed.add(new Claimed(worker, task.group(1), now));
            } else if (!ended) {
                claim(service, worker);
            }
        });
    }

    /** Returns once every claim waits, and what they have caused is over. */
    private void awaitAll(Stand stand) {
        HttpRequest metrics = HttpRequest.newBuilder(stand.base().resolve("/q/metrics")).build();
        await("all claims to wait").atMost(PATIENCE)
                .until(() -> http.send(metrics, HttpResponse.BodyHandlers.ofString())
                        .body()
                        .contains("\nclaudebench_task_claims_waiting " + CLAIMS + ".0"));
        await("Redis to be idle").atMost(PATIENCE).until(() -> {
            long scripts = stand.redis().scriptCalls();
            pause(QUIET);
            return stand.redis().scriptCalls() == scripts;
        });
    }

    private static Map<String, Long> idle(RedisProcess redis) {
        Map<String, Long> before = commands(redis);
        pause(IDLE);
        Map<String, Long> after = commands(redis);
        after.replaceAll((name, count) -> count - before.getOrDefault(name, 0L));
        after.keySet().removeAll(OWN);
        after.values().removeIf(count -> count == 0);
        return after;
    }

    private static Map<String, Long> commands(RedisProcess redis) {
        Map<String, Long> commands = new TreeMap<>();
        Matcher line = COMMAND.matcher(redis.cli("INFO", "commandstats"));
        while (line.find()) {
            commands.put(line.group(1), Long.parseLong(line.group(2)));
        }
        return commands;
    }

    /** Creates one task after the other. Whoever gets it completes it and waits again. */
    private Latencies.Summary create(URI service, int creations) {
        Latencies latencies = new Latencies();
        for (int i = 0; i < creations; i++) {
            long begun = System.nanoTime();
            CompletableFuture<String> created = send(service, calls.create());
            Claimed woken = next();
            created.join();
            latencies.add(Latencies.ALL, woken.nanos() - begun);
            send(service, calls.complete(woken.task(), woken.worker())).join();
            claim(service, woken.worker());
            pause(Duration.ofMillis(100));
        }
        return latencies.all();
    }

    private Claimed next() {
        try {
            Claimed next = claimed.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS);
            if (next == null) {
                throw new IllegalStateException("no claim got the task");
            }
            return next;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private CompletableFuture<String> send(URI service, String body) {
        HttpRequest request = HttpRequest.newBuilder(service)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build();
        return http.sendAsync(request, HttpResponse.BodyHandlers.ofString()).thenApply(HttpResponse::body);
    }

    static void pause(Duration time) {
        try {
            Thread.sleep(time.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
