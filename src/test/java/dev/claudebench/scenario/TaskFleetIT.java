package dev.claudebench.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import com.fasterxml.jackson.databind.JsonNode;

import dev.claudebench.method.Json;
import dev.claudebench.scenario.SimulatedAgent.Claim;
import dev.claudebench.scenario.SimulatedAgent.Fate;
import dev.claudebench.support.RedisProcess;
import dev.claudebench.support.Rpc;
import dev.claudebench.support.ServiceProcess;

/**
 * A fleet of agents that die, hang and restart does tasks that depend on each other and need the same files. Every task is completed
 * once, by its claim, after those that it depends on, and alone with its files.
 */
class TaskFleetIT {
    private static final int AGENTS = 50;
    private static final int TASKS = 2_000;
    private static final int MOST_DEPENDENCIES = 3;
    /** How far back a task looks for those that it depends on. */
    private static final int WINDOW = 100;
    private static final int MOST_RESOURCES = 2;
    /** A tree of 40 paths. */
    private static final List<String> PATHS = paths();
    private static final long BEAT_MILLIS = 1_000;
    private static final Duration PATIENCE = Duration.ofMinutes(3);

    private final Map<String, Plan> plans = new HashMap<>();
    private RedisProcess redis;
    private ServiceProcess service;
    private Rpc rpc;

    /** What a task depends on, and the paths that it needs. */
    private record Plan(Set<String> dependsOn, Set<String> resources) {
        boolean overlaps(Plan other) {
            return resources.stream()
                    .anyMatch(mine -> other.resources.stream()
                            .anyMatch(its -> (mine + "/").startsWith(its + "/") || (its + "/").startsWith(mine + "/")));
        }
    }

    private static List<String> paths() {
        return Stream.of("parser", "server", "client", "docs")
                .flatMap(top -> Stream.concat(Stream.of(top),
                        Stream.of("a", "b", "c")
                                .flatMap(middle -> Stream.of("", "/x", "/y").map(leaf -> top + "/" + middle + leaf))))
                .toList();
    }

    @BeforeEach
    void start() {
        redis = new RedisProcess().start();
        service = ServiceProcess.start("-Dquarkus.redis.hosts=" + redis.uri(), "-Dclaudebench.instance.ttl=4s",
                "-Dclaudebench.task.backoff.first=100ms", "-Dclaudebench.task.max-attempts=100",
                "-Dclaudebench.redis.stream-length=1000000",
                "-Dclaudebench.rate-limit.\"system.register\".limit=0",
                "-Dclaudebench.rate-limit.\"system.heartbeat\".limit=0",
                "-Dclaudebench.rate-limit.\"task.create\".limit=0",
                "-Dclaudebench.rate-limit.\"task.claim\".limit=0",
                "-Dclaudebench.rate-limit.\"task.progress\".limit=0",
                "-Dclaudebench.rate-limit.\"task.complete\".limit=0");
        rpc = Rpc.of(service);
    }

    @AfterEach
    void end() {
        service.close();
        redis.close();
    }

    @Test
    void fleetThatLosesAgentsCompletesEveryTaskOnceInOrderAndAlone() {
        List<SimulatedAgent> agents = IntStream.range(0, AGENTS)
                .mapToObj(i -> new SimulatedAgent(rpc, i, fate(i)))
                .toList();

        runFleet(agents);

        Map<String, Long> completed = replay();
        assertThat(completed).hasSize(TASKS);
        assertThat(agents.stream().flatMap(agent -> agent.accepted().stream()))
                .as("what the agents know, and the events")
                .containsExactlyInAnyOrderElementsOf(
                        completed.entrySet().stream().map(it -> new Claim(it.getKey(), it.getValue())).toList());
        assertThat(agents.stream().flatMap(agent -> agent.lateReports().stream()))
                .hasSizeGreaterThanOrEqualTo(AGENTS / 5)
                .containsOnly("claim_is_over");
        assertThat(redis.cli("HGET", "cb:metrics:global", "tasksCompleted")).isEqualTo(String.valueOf(TASKS));
        for (String empty : List.of("tasks:resources", "tasks:leases", "tasks:in_progress", "tasks:blocked",
                "tasks:scheduled", "tasks:dead", "tasks:unblocking")) {
            assertThat(redis.cli("EXISTS", "cb:" + empty)).as(empty).isEqualTo("0");
        }
    }

    /** Every tenth hangs, every tenth restarts, three of ten die. */
    private static Fate fate(int number) {
        return switch (number % 10) {
            case 0, 1, 2 -> Fate.DIES;
            case 3 -> Fate.HANGS;
            case 4 -> Fate.RESTARTS;
            default -> Fate.NONE;
        };
    }

    /** Lets the agents work while the tasks are created, until all are completed. */
    private void runFleet(List<SimulatedAgent> agents) {
        ExecutorService threads = Executors.newFixedThreadPool(AGENTS);
        ScheduledExecutorService heart = Executors.newSingleThreadScheduledExecutor();
        try {
            CompletableFuture<?>[] running = agents.stream()
                    .map(agent -> CompletableFuture.runAsync(agent, threads))
                    .toArray(CompletableFuture[]::new);
            ScheduledFuture<?> beats = heart.scheduleWithFixedDelay(() -> beat(agents), 0, BEAT_MILLIS,
                    TimeUnit.MILLISECONDS);
            createTasks();
            await("all tasks").atMost(PATIENCE)
                    .failFast("a call has failed", () -> beats.isDone()
                            || Stream.of(running).anyMatch(CompletableFuture::isCompletedExceptionally))
                    .until(() -> redis.cli("ZCARD", "cb:tasks:completed").equals(String.valueOf(TASKS)));
            agents.forEach(SimulatedAgent::stop);
            CompletableFuture.allOf(running).join();
        } finally {
            agents.forEach(SimulatedAgent::stop);
            heart.shutdownNow();
            threads.shutdownNow();
        }
    }

    private void beat(List<SimulatedAgent> agents) {
        List<SimulatedAgent> beating = agents.stream().filter(SimulatedAgent::beats).toList();
        if (!beating.isEmpty()) {
            JsonNode responses = rpc.batch(beating.stream().map(SimulatedAgent::heartbeat).toList());
            for (int i = 0; i < beating.size(); i++) {
                beating.get(i).hear(responses.get(i));
            }
        }
    }

    private void createTasks() {
        Random random = new Random(1);
        List<String> ids = new ArrayList<>();
        for (int i = 0; i < TASKS; i++) {
            Set<String> dependsOn = new TreeSet<>();
            for (int j = random.nextInt(MOST_DEPENDENCIES + 1); j > 0 && i > 0; j--) {
                dependsOn.add(ids.get(i - 1 - random.nextInt(Math.min(i, WINDOW))));
            }
            Set<String> resources = new TreeSet<>();
            for (int j = random.nextInt(MOST_RESOURCES + 1); j > 0; j--) {
                resources.add(PATHS.get(random.nextInt(PATHS.size())));
            }
            String id = rpc.call("task.create")
                    .with("text", "task " + i)
                    .with("dependsOn", dependsOn)
                    .with("resources", resources)
                    .with("leaseMs", i % 2 == 0 ? 1_000 : null)
                    .result()
                    .get("id")
                    .textValue();
            plans.put(id, new Plan(dependsOn, resources));
            ids.add(id);
        }
    }

    /** Follows the events, which are in the order of what has happened. Returns the claim that completed each task. */
    private Map<String, Long> replay() {
        Map<String, Long> inProgress = new HashMap<>();
        Map<String, Long> completed = new HashMap<>();
        Set<String> losses = new HashSet<>();
        Iterator<String> lines = redis.cli("XRANGE", "cb:stream:events", "-", "+").lines().iterator();
        while (lines.hasNext()) {
            // id of the entry, name and value of its two fields
            lines.next();
            lines.next();
            String type = lines.next();
            lines.next();
            JsonNode payload = Json.read(lines.next());
            String task = payload.get("id").textValue();
            switch (type) {
                case "task.claimed" -> {
                    assertMayBegin(task, inProgress.keySet(), completed.keySet());
                    inProgress.put(task, payload.get("claim").longValue());
                }
                case "task.failed" -> {
                    losses.add(payload.get("reason").textValue());
                    assertThat(inProgress.remove(task)).isEqualTo(payload.get("claim").longValue());
                }
                case "task.completed" -> {
                    assertThat(inProgress.remove(task)).isEqualTo(payload.get("claim").longValue());
                    assertThat(completed.put(task, payload.get("claim").longValue())).isNull();
                }
                default -> assertThat(type).isNotIn("task.dead", "task.released", "task.cancelled");
            }
        }
        assertThat(inProgress).isEmpty();
        assertThat(losses).as("what the fleet has survived").contains("worker_died", "lease_lapsed");
        return completed;
    }

    private void assertMayBegin(String task, Set<String> inProgress, Set<String> completed) {
        Plan plan = plans.get(task);
        assertThat(completed).doesNotContain(task).containsAll(plan.dependsOn());
        for (String other : inProgress) {
            assertThat(other.equals(task) || !plan.overlaps(plans.get(other))).as("%s and %s share files", task, other)
                    .isTrue();
        }
    }
}
