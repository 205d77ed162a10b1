package dev.claudebench.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.IntStream;

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
import dev.claudebench.support.RedisProcess;

/** Calls that one run of a script carries out together are answered, and leave Redis, as if they had come one by one. */
@NullMarked
class CallsAtOnceTest {
    private static final int CAPACITY = 3;
    private static final Settings SETTINGS = new Settings(3_600_000, CAPACITY, 3_600_000, 10_000, 2,
            Settings.quotas(1_000_000));
    private static final CallContext FREE = new CallContext(Bench.DEFAULT, "", new Caller(""));
    private static final int INSTANCES = 14;
    private static final int TASKS = 12;

    @SuppressWarnings("NullAway.Init")
    private static Fleet oneByOne;

    @SuppressWarnings("NullAway.Init")
    private static Fleet atOnce;

    @BeforeAll
    static void start() {
        oneByOne = new Fleet(false);
        atOnce = new Fleet(true);
    }

    @AfterAll
    static void stop() {
        oneByOne.close();
        atOnce.close();
    }

    @BeforeEach
    void emptyRedis() {
        oneByOne.driver.reset();
        atOnce.driver.reset();
        atOnce.created = 0;
        // ahead of both clocks, so that both give the same numbers
        both("SET", "cb:tasks:claim", "9000000000000");
    }

    @Test
    void callsThatArriveTogetherShareRuns() {
        long before = atOnce.redis.scriptCalls();

        atOnce.driver.runAtOnce(SETTINGS, Script.named("system_register"), registrations("worker", "s1"));

        // two are sent at once; those that arrive meanwhile share one
        assertThat(atOnce.redis.scriptCalls() - before).isLessThanOrEqualTo(4);
        assertThat(atOnce.redis.cli("ZCARD", "cb:instances:active")).isEqualTo(Integer.toString(INSTANCES));
    }

    @Test
    void registrations() {
        register("worker", "s1");
        register("worker", "s1");
        register("monitor", "s2");
        register("leader", "s1");
        lapse();
        register("worker", "s3");
    }

    @Test
    void lifeOfTasks() {
        register("worker", "s1");
        create();
        create();
        heartbeat("s1");
        claim("s1", 0);
        claim("s2", 0);
        progress();
        end("");
        claim("s1", 1);
        end("broken");
        end("broken");
        lapse();
        heartbeat("s1");
        passTime();
        claim("s1", 0);
        lapse();
        claim("s1", 0);
        passTime();
        heartbeat("s1");
        compare("sweep", List.of(new FleetCall(FREE, 2, 1), new FleetCall(FREE, 0, 0)));
    }

    @Test
    void tasksThatAreGivenUpAndRetried() {
        register("worker", "s1");
        create();
        claim("s1", 0);
        release();
        claim("s1", 0);
        compare("task_cancel", calls(task -> List.of(task, "not wanted")));
        heartbeat("s1");
        compare("task_retry", calls(task -> List.of(task)));
        compare("task_retry", calls(task -> List.of(task)));
        claim("s1", 0);
    }

    @Test
    void heartbeatsAfterADeath() {
        register("worker", "s1");
        create();
        lapse();
        heartbeat("s1");
        heartbeat("s2");
    }

    @Test
    void tasksThatFindNobodyWhoLeads() {
        create();
        register("monitor", "s1");
        lapse();
        create();
    }

    @Test
    void callThatFailsIsAloneInThat() {
        register("worker", "s1");
        both("SET", "cb:instance:i3", "of somebody else");
        both("SET", "cb:health:gossip:i5", "of somebody else");
        both("SET", "cb:queue:instance:i7", "of somebody else");
        register("worker", "s1");
        heartbeat("s1");
        create();
        claim("s1", 0);
    }

    @Test
    void callsBeyondTheLimitAreRefused() {
        CallContext.Limit limit = new CallContext.Limit(4, Duration.ofHours(1));
        compare("system_metrics", IntStream.range(0, 20)
                .mapToObj(i -> new FleetCall(new CallContext(Bench.DEFAULT, "m", new Caller("c" + i % 3), limit)))
                .toList());
        assertThat(atOnce.redis.cli("ZCARD", "cb:ratelimit:m:c0")).isEqualTo("4");
    }

    private static void register(String role, String session) {
        compare("system_register", registrations(role, session));
    }

    private static List<FleetCall> registrations(String role, String session) {
        return IntStream.range(0, INSTANCES)
                .mapToObj(i -> new FleetCall(FREE, id(i),
                        i % 3 == 0 ? "[\"" + role + "\"]" : "[\"" + role + "\",\"gpu\"]", i == 4 ? "" : session, "{}",
                        i == 6 ? 1 : ""))
                .toList();
    }

    private static void heartbeat(String session) {
        compare("system_heartbeat", IntStream.range(0, INSTANCES)
                .mapToObj(i -> new FleetCall(FREE, id(i), session))
                .toList());
    }

    /** Some with a lease, some by key; from the second time on some that depend on earlier ones, and some that need the same files. */
    private static void create() {
        compare("task_create", IntStream.range(0, TASKS)
                .mapToObj(i -> new FleetCall(FREE, "t" + i + "-" + atOnce.created, "text", 50 + i % 3,
                        i % 4 == 0 ? "[\"gpu\"]" : i == 7 ? "[\"tpu\"]" : "[]",
                        i % 4 == 0 ? "gpu" : i == 7 ? "tpu" : "-",
                        "{}", i % 5 == 0 ? "key" + i : "", i % 6 == 1 ? 60_000 : "", "", i == 3 ? 60_000 : "",
                        i % 3 == 2 && atOnce.created > 0 ? "[\"t" + i + "-0\",\"t2-0\"]" : "[]",
                        i == 1 ? "[\"a\"]" : i == 9 ? "[\"a/b\",\"d\"]" : "[]", i == 6 ? 1 : ""))
                .toList());
        atOnce.created++;
    }

    private static void claim(String session, int isResuming) {
        compare("task_claim", IntStream.range(0, INSTANCES)
                .mapToObj(i -> new FleetCall(FREE, id(i), session, 1 + i % 2, isResuming))
                .toList());
    }

    /** Whoever has the first tasks reports on them, on some twice, on one for nobody: those of even places without a claim. */
    private static void end(String error) {
        compare("task_complete", calls(task -> reportOn(task, error.isEmpty() ? "{}" : "", error)));
    }

    private static void progress() {
        compare("task_progress", calls(task -> reportOn(task, "half", "50")));
    }

    private static void release() {
        compare("task_release", calls(task -> reportOn(task)));
    }

    private static List<Object> reportOn(String task, Object... more) {
        String worker = atOnce.redis.cli("HGET", "cb:task:" + task, "workerId");
        boolean isEven = task.charAt(1) % 2 == 0;
        String claim = isEven ? "" : atOnce.redis.cli("HGET", "cb:task:" + task, "claim");
        List<Object> report = new ArrayList<>(List.of(task, claim, task.startsWith("t3-") ? "stranger" : worker, "s1"));
        report.addAll(List.of(more));
        return report;
    }

    private static List<FleetCall> calls(Function<String, List<Object>> argumentsOf) {
        return IntStream.range(0, TASKS + 4)
                .mapToObj(i -> new FleetCall(FREE, argumentsOf.apply("t" + i % TASKS + "-" + i % 2)))
                .toList();
    }

    /** Back-offs, delays and leases end. */
    private static void passTime() {
        oneByOne.redis.moveClock(Duration.ofMinutes(2));
        atOnce.redis.moveClock(Duration.ofMinutes(2));
    }

    /** The time of the first instances, and of whoever leads, passes. */
    private static void lapse() {
        String leader = atOnce.redis.cli("GET", "cb:leader:current");
        for (String id : List.of("i0", "i1", "i2", leader)) {
            both("ZADD", "cb:instances:active", "XX", "1", id);
            both("DEL", "cb:instance:" + id, "cb:health:gossip:" + id, "cb:leader:current");
        }
    }

    private static String id(int number) {
        return "i" + number;
    }

    private static void both(String... command) {
        oneByOne.redis.cli(command);
        atOnce.redis.cli(command);
    }

    private static void compare(String script, List<FleetCall> calls) {
        List<String> wanted = oneByOne.run(script, calls);
        assertThat(atOnce.run(script, calls)).as("replies of " + script).isEqualTo(wanted);
        assertThat(atOnce.contents()).as("after " + script).isEqualTo(oneByOne.contents());
    }

    private static final class Fleet {
        private final RedisProcess redis = new RedisProcess().start();
        private final FleetDriver driver = new FleetDriver(redis);
        private final boolean together;
        private int created;

        Fleet(boolean together) {
            this.together = together;
        }

        List<String> run(String name, List<FleetCall> calls) {
            Script script = Script.named(name);
            List<String> replies = together
                    ? driver.runTogether(SETTINGS, script, calls)
                    : calls.stream()
                            .flatMap(call -> driver.runTogether(SETTINGS, script, List.of(call)).stream())
                            .toList();
            return replies.stream().map(CallsAtOnceTest::withoutTimes).toList();
        }

        Map<String, String> contents() {
            FleetSnapshot snapshot = driver.snapshot();
            Map<String, String> contents = new TreeMap<>();
            snapshot.keys().forEach(key -> contents.put(key, withoutTimes(content(snapshot, key))));
            contents.put("events",
                    withoutTimes(snapshot.events().stream().map(FleetSnapshot.Event::text).toList().toString()));
            return contents;
        }

        private static String content(FleetSnapshot snapshot, String key) {
            String lifetime = snapshot.expiresAt(key) < 0 ? "for ever " : "for a time ";
            return lifetime + switch (snapshot.type(key)) {
                case "hash" -> snapshot.hash(key);
                case "set" -> snapshot.set(key);
                case "zset" ->
                    key.startsWith("ratelimit:") ? snapshot.zset(key).size() : order(key, snapshot.zset(key));
                case "string" -> snapshot.text(key);
                case "list" -> snapshot.list(key);
                default -> "";
            };
        }

        /** Scores that are times tell only who is before whom. */
        private static Object order(String key, Map<String, Double> zset) {
            return switch (key) {
                case "instances:active", "tasks:scheduled", "tasks:blocked", "tasks:assigned", "tasks:in_progress",
                        "tasks:completed", "tasks:dead", "tasks:cancelled", "tasks:pending-since", "tasks:leases" ->
                    zset.keySet().stream().sorted().toList();
                case "leader:candidates" -> List.copyOf(zset.keySet());
                default -> zset;
            };
        }

        void close() {
            driver.close();
            redis.close();
        }
    }

    /** In ms since 1970, and how long a refused call has to wait. */
    private static String withoutTimes(String text) {
        return text.replaceAll("\\b1[0-9]{12}\\b", "time").replaceAll("^3[56][0-9]{5}$", "wait");
    }
}
