package dev.claudebench.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import dev.claudebench.redis.Script;
import dev.claudebench.redis.TestScripts.Settings;
import dev.claudebench.support.FleetFiller;
import dev.claudebench.support.FleetFiller.Fleet;
import dev.claudebench.support.RedisProcess;

/** What a script costs Redis must not depend on how many instances and tasks there are. */
@NullMarked
class ScriptCostTest {
    private static final int SMALL = 100;
    private static final int LARGE = 100_000;
    private static final int CAPACITY = 3;
    /**
     * What every worker of the filler holds. With this capacity redistribution asks as many workers as it may and finds them
     * full; with a larger one, those of a small fleet would be full after the first time, and of a large one not.
     */
    private static final int HELD = 2;
    private static final Settings FULL = Settings.DEFAULT.withCapacity(HELD);
    private static final Settings SETTINGS = Settings.DEFAULT.withCapacity(CAPACITY);
    private static final Pattern COMMAND = Pattern.compile("cmdstat_([^:]+):calls=(\\d+),usec=(\\d+),.*");
    /** What is run for a script, or for this test, rather than by the script. */
    private static final Set<String> AROUND = Set.of("evalsha", "eval", "info", "config|resetstat", "hello",
            "client|setinfo");

    @SuppressWarnings("NullAway.Init")
    private static RedisProcess redis;

    @SuppressWarnings("NullAway.Init")
    private static FleetDriver driver;

    private static Cost small = new Cost(Map.of(), Map.of());
    private static Cost large = new Cost(Map.of(), Map.of());

    /** What each script runs, and how long it takes in Redis on the average. */
    private record Cost(Map<String, Map<String, Long>> commands, Map<String, Long> micros) {}

    @BeforeAll
    static void start() {
        redis = new RedisProcess().start();
        driver = new FleetDriver(redis);
        small = measure(SMALL);
        large = measure(LARGE);
    }

    @AfterAll
    static void stop() {
        driver.close();
        redis.close();
    }

    @BeforeEach
    void emptyRedis() {
        driver.reset();
    }

    @Test
    void fillerWritesWhatTheScriptsWould() {
        Set<String> tasks = FleetFiller.fill(redis.uri(), FleetDriver.PREFIX, new Fleet(SMALL, SMALL, 1, 1, 10));

        FleetInvariants.check(FleetSnapshot.EMPTY, driver.snapshot(), CAPACITY, tasks,
                driver.now() + 2 * SETTINGS.ttl());
    }

    @Test
    void scriptsRunAsManyCommandsOnALargeFleetAsOnASmallOne() {
        assertThat(large.commands()).isEqualTo(small.commands());
    }

    @Test
    void eveningOutRunsAsManyCommandsInALargeFleetAsInASmallOne() {
        assertThat(commandsOfEveningOut(LARGE)).isEqualTo(commandsOfEveningOut(SMALL));
    }

    /** Counts do not show a command that walks over a whole index; its time does. */
    @Test
    void scriptsTakeHardlyLongerOnALargeFleet() {
        large.micros()
                .forEach((script, micros) -> assertThat(micros).as(script + ", in microseconds")
                        .isLessThan(10 * small.micros().getOrDefault(script, 0L) + 1000));
    }

    private static Cost measure(int size) {
        driver.reset();
        FleetFiller.fill(redis.uri(), FleetDriver.PREFIX, new Fleet(size, size, 1, 1, 10));
        return new Cost(commandsOfEachScript(), microsOfEachScript());
    }

    private static Map<String, Map<String, Long>> commandsOfEachScript() {
        Map<String, Map<String, Long>> commands = new LinkedHashMap<>();
        commands.put("sweep of ten dead", commands(FULL, "sweep"));
        commands.put("sweep of none", commands(FULL, "sweep"));
        commands.put("register a worker", register("new", FleetFiller.WORKER_ROLES));
        commands.put("register another", register("other", List.of("monitor")));
        commands.put("register a leader", register("chief", List.of("leader")));
        commands.put("renew", register("new", FleetFiller.WORKER_ROLES));
        commands.put("heartbeat", commands(SETTINGS, "system_heartbeat", "i98", "s1"));
        commands.put("heartbeat of the leader", commands(FULL, "system_heartbeat", "i0", "s1"));
        commands.put("create", create("task", ""));
        commands.put("create by key", create("keyed", "k1"));
        commands.put("create again", create("again", "k1"));
        commands.put("claim", commands(SETTINGS, "task_claim", "new", "s1", 10));
        commands.put("complete", complete("new", ""));
        commands.put("fail", complete("new", "broken"));
        commands.put("check_health", commands(SETTINGS, "system_check_health"));
        commands.put("get_state", commands(SETTINGS, "system_get_state", 50));
        commands.put("list", commands(SETTINGS, "task_list", 50, "-inf", "", "", ""));
        commands.put("list pending", commands(SETTINGS, "task_list", 50, "-inf", "", "pending", ""));
        commands.put("list of a worker", commands(SETTINGS, "task_list", 50, "-inf", "", "in_progress", "new"));
        commands.put("list instances", commands(SETTINGS, "system_list_instances", 10, "-inf", "", ""));
        commands.put("list workers", commands(SETTINGS, "system_list_instances", 10, "-inf", "", "worker"));
        commands.put("metrics", commands(SETTINGS, "system_metrics"));
        commands.put("fleet metrics", commands(SETTINGS, "fleet_metrics", "worker,leader"));
        commands.put("unregister", commands(FULL, "system_unregister", "i98", "s1"));
        commands.put("unregister the leader", commands(FULL, "system_unregister", "i0", "s1"));
        assertThat(commands).allSatisfy((script, counts) -> assertThat(counts).as(script).isNotEmpty());
        return commands;
    }

    private static Map<String, Long> commandsOfEveningOut(int size) {
        driver.reset();
        FleetFiller.fill(redis.uri(), FleetDriver.PREFIX, new Fleet(size, 0, 2, 1, 0));
        Map<String, Long> commands = register("new", FleetFiller.WORKER_ROLES);
        assertThat(driver.run(SETTINGS, Script.named("task_claim"), "new", "s1", 10).list("tasks"))
                .as("tasks taken from others")
                .hasSize(2);
        return commands;
    }

    private static Map<String, Long> microsOfEachScript() {
        Map<String, Long> micros = new LinkedHashMap<>();
        micros.put("renew", micros("system_register", "i1", "[\"monitor\"]", "s1", "{}"));
        micros.put("heartbeat", micros("system_heartbeat", "i0", "s1"));
        micros.put("create", micros("task_create", "t", "text", 50, "[]", "-", "{}", ""));
        micros.put("claim", micros("task_claim", "i0", "s1", 1));
        micros.put("sweep", micros("sweep"));
        micros.put("check_health", micros("system_check_health"));
        micros.put("get_state", micros("system_get_state", 50));
        micros.put("list", micros("task_list", 50, "-inf", "", "", ""));
        micros.put("list instances", micros("system_list_instances", 50, "-inf", "", ""));
        micros.put("list workers", micros("system_list_instances", 50, "-inf", "", "worker"));
        micros.put("unregister", micros("system_unregister", "i2", "s1"));
        return micros;
    }

    private static Map<String, Long> register(String id, List<String> roles) {
        return commands(SETTINGS, "system_register", id, FleetEvents.json(roles), "s1", "{}");
    }

    private static Map<String, Long> create(String id, String key) {
        return commands(SETTINGS, "task_create", id, "text", 0, "[\"gpu\"]", "gpu", "{}", key);
    }

    /** A report about one of the tasks that a worker has begun. */
    private static Map<String, Long> complete(String worker, String error) {
        String task = redis.cli("ZREVRANGE", FleetDriver.PREFIX + "queue:instance:" + worker, "0", "-1")
                .lines()
                .filter(id -> redis.cli("HGET", FleetDriver.PREFIX + "task:" + id, "status").equals("in_progress"))
                .findFirst()
                .orElseThrow();
        return commands(SETTINGS, "task_complete", task, worker, "s1", "", error, "");
    }

    private static Map<String, Long> commands(Settings settings, String script, Object... arguments) {
        redis.cli("CONFIG", "RESETSTAT");
        driver.run(settings, Script.named(script), arguments);
        Map<String, Long> calls = new TreeMap<>();
        redis.cli("INFO", "commandstats")
                .lines()
                .map(COMMAND::matcher)
                .filter(Matcher::matches)
                .filter(line -> !AROUND.contains(line.group(1)))
                .forEach(line -> calls.put(line.group(1), Long.valueOf(line.group(2))));
        return calls;
    }

    /** The mean of what a script takes inside of Redis, over many runs. */
    private static long micros(String script, Object... arguments) {
        int runs = 50;
        driver.run(SETTINGS, Script.named(script), arguments);
        redis.cli("CONFIG", "RESETSTAT");
        for (int i = 0; i < runs; i++) {
            driver.run(SETTINGS, Script.named(script), arguments);
        }
        return redis.cli("INFO", "commandstats")
                .lines()
                .map(COMMAND::matcher)
                .filter(Matcher::matches)
                .filter(line -> line.group(1).equals("evalsha"))
                .mapToLong(line -> Long.parseLong(line.group(3)) / runs)
                .sum();
    }
}
