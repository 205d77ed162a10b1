package dev.claudebench.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import dev.claudebench.method.Bench;
import dev.claudebench.method.CallContext;
import dev.claudebench.method.Caller;
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

    /** Of a quiet fleet: nobody is elected, and nothing is assigned. The time of the last run is noted at times, by two commands. */
    @Test
    void registrationsAndHeartbeatsRunFewCommands() {
        FleetFiller.fill(redis.uri(), FleetDriver.PREFIX, new Fleet(SMALL, 0, 0, 0, 0));
        register("other", List.of("monitor"));
        Map<String, Long> registration = register("new", FleetFiller.WORKER_ROLES);
        commands("system_heartbeat", "i0", "s1");
        Map<String, Long> heartbeat = commands("system_heartbeat", redis.cli("GET", "cb:leader:current"), "s1");

        assertThat(sum(registration)).as("registration: " + registration).isLessThanOrEqualTo(24);
        assertThat(sum(heartbeat)).as("heartbeat: " + heartbeat).isLessThanOrEqualTo(12);
    }

    /** A registration of a principal counts for its quotas, too. */
    @Test
    void registrationOfAPrincipalRunsFewCommands() {
        FleetFiller.fill(redis.uri(), FleetDriver.PREFIX, new Fleet(SMALL, 0, 0, 0, 0));
        CallContext alice = new CallContext(Bench.DEFAULT, "",
                new Caller("user:alice", "alice", false, Set.of(), Map.of(), () -> false));
        commandsOf(() -> driver.runTogether(SETTINGS, Script.named("system_register"),
                List.of(new FleetCall(alice, "other", "[\"monitor\"]", "s1", "{}", ""))));
        Map<String, Long> registration = commandsOf(
                () -> driver.runTogether(SETTINGS, Script.named("system_register"), List.of(new FleetCall(alice,
                        "new", FleetEvents.json(FleetFiller.WORKER_ROLES), "s1", "{}", ""))));

        assertThat(sum(registration)).as("registration: " + registration).isLessThanOrEqualTo(24);
    }

    /** Somebody creates thousands of tasks with roles that nobody has, beside roles that workers have. */
    @Test
    void claimRunsAsManyCommandsHoweverManySetsOfOtherRolesThereAre() {
        for (String worker : List.of("before", "after")) {
            register(worker, List.of("worker", "gpu"));
        }
        create("one", "", "[]", "[]");
        create("other", "", "[]", "[]");
        create(50, "gpu,nobody");
        Map<String, Long> before = commands("task_claim", "before", "s1", 1, 0);
        for (int i = 0; i < 5000; i++) {
            create(100, i % 2 == 0 ? "gpu,nobody" + i : "nobody" + i % 50 + ",nowhere" + i + ",worker");
        }

        assertThat(commands("task_claim", "after", "s1", 1, 0)).isEqualTo(before);
    }

    /** The most that a worker looks at: sets of its own roles, of which there are more than it follows at once. */
    @Test
    void claimOfAWorkerWithManyRolesIsBoundedAndFindsEveryTaskInTime() {
        List<String> roles = new ArrayList<>(List.of("worker"));
        for (char role = 'a'; role < 'v'; role++) {
            roles.add(String.valueOf(role));
        }
        register("w", roles);
        for (int i = 1; i < roles.size(); i++) {
            for (int j = i + 1; j < roles.size(); j++) {
                for (int k = j + 1; k < roles.size(); k++) {
                    create(0, roles.get(i) + "," + roles.get(j) + "," + roles.get(k));
                }
            }
        }
        create(100, "n,p,s,u");

        assertThat(sum(commands("task_claim", "w", "s1", 1, 0))).isLessThan(2500);
        await().until(() -> {
            driver.run(SETTINGS.withCapacity(1000), Script.named("task_claim"), "w", "s1", 1, 0);
            return redis.cli("EXISTS", "cb:queue:tasks:pending:n,p,s,u", "cb:queue:tasks:assigned:n,p,s,u")
                    .equals("0");
        });
    }

    private static void create(int priority, String roleSet) {
        String id = "t" + UUID.randomUUID();
        driver.run(SETTINGS, Script.named("task_create"), id, "text", priority,
                FleetEvents.json(List.of(roleSet.split(","))), roleSet, "{}", "", "", "", "", "[]", "[]", "");
    }

    private static long sum(Map<String, Long> commands) {
        return commands.values().stream().mapToLong(Long::longValue).sum();
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
        commands.put("sweep of ten dead", commands("sweep", 2, 1));
        commands.put("sweep of none", commands("sweep", 2, 1));
        commands.put("register a worker", register("new", FleetFiller.WORKER_ROLES));
        commands.put("register another", register("other", List.of("monitor")));
        commands.put("register a leader", register("chief", List.of("leader")));
        commands.put("renew", register("new", FleetFiller.WORKER_ROLES));
        commands.put("heartbeat", commands("system_heartbeat", "i98", "s1"));
        commands.put("heartbeat of the leader", commands("system_heartbeat", "i0", "s1"));
        commands.put("create", create("task", "", "[]", "[]"));
        commands.put("create by key", create("keyed", "k1", "[]", "[]"));
        commands.put("create again", create("again", "k1", "[]", "[]"));
        commands.put("create what needs files", create("files", "", "[]", "[\"repo/new\",\"other\"]"));
        commands.put("create what waits", create("waits", "", "[\"files\",\"task\"]", "[]"));
        commands.put("create what needs held files", create("passed", "", "[]", "[\"repo\"]"));
        commands.put("claim", commands("task_claim", "new", "s1", 10, 0));
        commands.put("claim nothing", commands("task_claim", "new", "s1", 10, 0));
        commands.put("resume", commands("task_claim", "new", "s1", 10, 1));
        commands.put("progress", commands("task_progress", begunBy("new"), "", "new", "s1", "half", 50));
        commands.put("complete", commands("task_complete", begunBy("new"), "", "new", "s1", "{}", ""));
        commands.put("fail", commands("task_complete", begunBy("new"), "", "new", "s1", "", "broken"));
        commands.put("release", commands("task_release", begunBy("new"), "", "new", "s1"));
        commands.put("claim again", commands("task_claim", "new", "s1", 10, 0));
        commands.put("cancel what is begun", commands("task_cancel", begunBy("new"), ""));
        commands.put("cancel what waits", commands("task_cancel", "waits", ""));
        commands.put("retry", commands("task_retry", "waits"));
        commands.put("get", commands("task_get", "waits"));
        commands.put("check_health", commands("system_check_health"));
        commands.put("get_state", commands("system_get_state", 50));
        commands.put("list", commands("task_list", 50, "-inf", "", "", ""));
        commands.put("list pending", commands("task_list", 50, "-inf", "", "pending", ""));
        commands.put("list of a worker", commands("task_list", 50, "-inf", "", "in_progress", "new"));
        commands.put("get instance", commands("system_get_instance", "i1"));
        commands.put("list instances", commands("system_list_instances", 10, "-inf", "", ""));
        commands.put("list workers", commands("system_list_instances", 10, "-inf", "", "worker"));
        commands.put("metrics", commands("system_metrics"));
        commands.put("history", commands("system_history"));
        commands.put("fleet metrics", commands("fleet_metrics", "worker,leader"));
        commands.put("unregister", commands("system_unregister", "i98", "s1"));
        commands.put("unregister the leader", commands("system_unregister", "i0", "s1"));
        assertThat(commands).allSatisfy((script, counts) -> assertThat(counts).as(script).isNotEmpty());
        return commands;
    }

    private static Map<String, Long> microsOfEachScript() {
        Map<String, Long> micros = new LinkedHashMap<>();
        micros.put("renew", micros("system_register", "i1", "[\"monitor\"]", "s1", "{}", ""));
        micros.put("heartbeat", micros("system_heartbeat", "i0", "s1"));
        micros.put("create", micros("task_create", "t", "text", 50, "[]", "-", "{}", "", "", "", "", "[]", "[]", ""));
        micros.put("claim", micros("task_claim", "i0", "s1", 1, 0));
        micros.put("sweep", micros("sweep", 2, 1));
        micros.put("check_health", micros("system_check_health"));
        micros.put("get_state", micros("system_get_state", 50));
        micros.put("list", micros("task_list", 50, "-inf", "", "", ""));
        micros.put("list instances", micros("system_list_instances", 50, "-inf", "", ""));
        micros.put("list workers", micros("system_list_instances", 50, "-inf", "", "worker"));
        micros.put("unregister", micros("system_unregister", "i2", "s1"));
        return micros;
    }

    private static Map<String, Long> register(String id, List<String> roles) {
        return commands("system_register", id, FleetEvents.json(roles), "s1", "{}", "");
    }

    /** Of the highest priority, so that it is the next to be claimed. */
    private static Map<String, Long> create(String id, String key, String dependsOn, String resources) {
        return commands("task_create", id, "text", 100, "[\"gpu\"]", "gpu", "{}", key, "", "", "", dependsOn, resources,
                "");
    }

    /** Returns the first task that a worker has begun. */
    private static String begunBy(String worker) {
        return redis.cli("ZRANGE", FleetDriver.PREFIX + "queue:claimed:" + worker, "0", "0");
    }

    private static Map<String, Long> commands(String script, Object... arguments) {
        return commandsOf(() -> driver.run(SETTINGS, Script.named(script), arguments));
    }

    private static Map<String, Long> commandsOf(Runnable run) {
        redis.cli("CONFIG", "RESETSTAT");
        run.run();
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
