package dev.claudebench.model;

import java.util.List;
import java.util.stream.Stream;

import dev.claudebench.model.FleetAction.Capacity;
import dev.claudebench.model.FleetAction.CheckHealth;
import dev.claudebench.model.FleetAction.GetState;
import dev.claudebench.model.FleetAction.Heartbeat;
import dev.claudebench.model.FleetAction.ListInstances;
import dev.claudebench.model.FleetAction.ListTasks;
import dev.claudebench.model.FleetAction.LiveHeartbeat;
import dev.claudebench.model.FleetAction.Metrics;
import dev.claudebench.model.FleetAction.Register;
import dev.claudebench.model.FleetAction.Resign;
import dev.claudebench.model.FleetAction.Sweep;
import dev.claudebench.model.FleetAction.Unregister;
import dev.claudebench.model.FleetFault.ClockBack;
import dev.claudebench.model.FleetFault.Outage;
import dev.claudebench.model.FleetFault.Rollback;
import dev.claudebench.model.FleetFault.Save;
import dev.claudebench.model.FleetFault.Wait;
import dev.claudebench.model.FleetReport.Kind;
import dev.claudebench.model.FleetRun.Life;
import dev.claudebench.model.FleetRun.Settings;
import dev.claudebench.model.FleetTaskAction.Cancel;
import dev.claudebench.model.FleetTaskAction.Claim;
import dev.claudebench.model.FleetTaskAction.Create;
import dev.claudebench.model.FleetTaskAction.Get;
import dev.claudebench.model.FleetTaskAction.Repeat;
import dev.claudebench.model.FleetTaskAction.Report;
import dev.claudebench.model.FleetTaskAction.Retry;
import dev.claudebench.model.FleetTaskAction.Teller;
import dev.claudebench.model.FleetTaskAction.WorkerClaim;
import dev.claudebench.support.RedisProcess;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.RandomDistribution;
import net.jqwik.api.Tuple;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;
import net.jqwik.api.statistics.Statistics;

/**
 * Thousands of random histories of a fleet, each compared with a model after every call. A failure prints its seed, and the
 * shortest history that fails alike. {@code -Djqwik.tries=50000} tries more of them; a seed goes into
 * {@code @Property(seed = "…")}.
 */
class FleetModelIT {
    private static final int LONGEST = 60;

    private static RedisProcess redis;
    private static FleetDriver driver;
    /** On the same Redis. */
    private static List<FleetDriver> benches;

    @BeforeContainer
    static void start() {
        redis = new RedisProcess().start();
        driver = new FleetDriver(redis);
        benches = Stream.of("a", "b", "c").map(bench -> new FleetDriver(redis, "fleet:{" + bench + "}:")).toList();
    }

    @AfterContainer
    static void stop() {
        driver.close();
        benches.forEach(FleetDriver::close);
        redis.close();
    }

    @Property(edgeCases = EdgeCasesMode.NONE)
    void fleetIsAlwaysWhatTheModelSays(@ForAll("settings") Settings settings,
            @ForAll("histories") List<FleetAction> history) {
        FleetRun run = new FleetRun(driver, settings);
        history.forEach(run::step);
        run.repairFindsNothing();
        run.met().forEach(Statistics.label("histories that met")::collect);
    }

    /** Three histories with the same ids, whose actions take turns at random. */
    @Property(edgeCases = EdgeCasesMode.NONE)
    void eachBenchIsWhatItsOwnModelSays(@ForAll("settings") Settings settings,
            @ForAll("historiesOfBenches") List<Tuple.Tuple2<Integer, FleetAction>> history) {
        List<FleetRun> runs = benches.stream().map(bench -> new FleetRun(bench, settings)).toList();
        history.forEach(next -> runs.get(next.get1()).step(next.get2()));
        runs.forEach(FleetRun::repairFindsNothing);
    }

    @Provide
    Arbitrary<List<Tuple.Tuple2<Integer, FleetAction>>> historiesOfBenches() {
        return Combinators.combine(Arbitraries.integers().between(0, 2), actions())
                .as(Tuple::of)
                .list()
                .ofMaxSize(2 * LONGEST)
                .withSizeDistribution(RandomDistribution.uniform());
    }

    @Provide
    Arbitrary<Settings> settings() {
        return Combinators.combine(
                Arbitraries.frequency(Tuple.of(4, 10), Tuple.of(1, 1), Tuple.of(1, 3)),
                Arbitraries.frequency(Tuple.of(3, 256), Tuple.of(1, 3)),
                Arbitraries.frequency(Tuple.of(3, 100), Tuple.of(1, 1), Tuple.of(1, 2)),
                Arbitraries.frequency(Tuple.of(3, 20), Tuple.of(1, 1), Tuple.of(1, 2)),
                Arbitraries.frequency(Tuple.of(4, 60), Tuple.of(1, 1)),
                Arbitraries.frequency(Tuple.of(4, 100), Tuple.of(1, 1), Tuple.of(1, 2)))
                .as(Settings::new);
    }

    @Provide
    Arbitrary<List<FleetAction>> histories() {
        return actions().list().ofMaxSize(LONGEST).withSizeDistribution(RandomDistribution.uniform());
    }

    private static Arbitrary<FleetAction> actions() {
        return Arbitraries.frequencyOf(
                Tuple.of(14,
                        Combinators.combine(ids(), sessions(), roles(), capacities(), lives()).as(Register::new)),
                Tuple.of(20, Combinators
                        .combine(priorities(), requiredRoles(), leases(), delays(), dependencies(), resources(),
                                Arbitraries.of(3, 1, 2), keys())
                        .as(Create::new)),
                Tuple.of(6, Combinators.combine(ids(), sessions(), lives()).as(Heartbeat::new)),
                Tuple.of(8, Combinators.combine(places(), lives()).as(LiveHeartbeat::new)),
                Tuple.of(3, Combinators.combine(ids(), sessions(), most(), rarely()).as(Claim::new)),
                Tuple.of(16, Combinators.combine(places(), most(), rarely()).as(WorkerClaim::new)),
                Tuple.of(22, Combinators.combine(kinds(), places(), rarely(), tellers(), claimsAgo()).as(Report::new)),
                Tuple.of(10, Combinators.combine(places(), Arbitraries.of(true, false)).as(Repeat::new)),
                Tuple.of(1, places().map(Get::new)),
                Tuple.of(5, places().map(Cancel::new)),
                Tuple.of(3, places().map(Retry::new)),
                Tuple.of(4, Combinators.combine(ids(), sessions()).as(Unregister::new)),
                Tuple.of(2, Combinators.combine(ids(), sessions()).as(Resign::new)),
                Tuple.of(8, Arbitraries.integers().between(1, 3).map(Wait::new)),
                Tuple.of(4, Arbitraries.integers().between(1, 3).map(Sweep::new)),
                Tuple.of(2, Arbitraries.create(CheckHealth::new)),
                Tuple.of(2, Arbitraries.integers().between(1, 12).map(GetState::new)),
                Tuple.of(2, Arbitraries.integers().between(1, 5).map(ListTasks::new)),
                Tuple.of(2, Combinators.combine(Arbitraries.integers().between(1, 3),
                        Arbitraries.of("", "worker", "specialist")).as(ListInstances::new)),
                Tuple.of(1, Arbitraries.create(Metrics::new)),
                Tuple.of(1, Arbitraries.integers().between(1, 10).map(Capacity::new)),
                Tuple.of(2, Arbitraries.create(Outage::new)),
                Tuple.of(1, Arbitraries.create(ClockBack::new)),
                Tuple.of(1, Arbitraries.create(Save::new)),
                Tuple.of(1, Arbitraries.create(Rollback::new)));
    }

    /** Which of those that are there when the action is taken. */
    private static Arbitrary<Integer> places() {
        return Arbitraries.integers().between(0, 30).withDistribution(RandomDistribution.uniform());
    }

    private static Arbitrary<Integer> most() {
        return Arbitraries.integers().between(1, 10);
    }

    private static Arbitrary<String> ids() {
        return Arbitraries.frequency(Tuple.of(4, "a"), Tuple.of(3, "b"), Tuple.of(2, "c"), Tuple.of(1, "d"));
    }

    private static Arbitrary<String> sessions() {
        return Arbitraries.frequency(Tuple.of(20, "s1"), Tuple.of(1, "s2"), Tuple.of(1, ""));
    }

    private static Arbitrary<Life> lives() {
        return Arbitraries.frequency(Tuple.of(8, Life.LONG), Tuple.of(1, Life.AGEING), Tuple.of(2, Life.SHORT));
    }

    private static Arbitrary<List<String>> roles() {
        return Arbitraries.frequency(
                Tuple.of(6, List.of("worker")),
                Tuple.of(1, List.of()),
                Tuple.of(1, List.of("leader")),
                Tuple.of(1, List.of("specialist")),
                Tuple.of(2, List.of("worker", "leader")),
                Tuple.of(3, List.of("worker", "specialist")),
                Tuple.of(1, List.of("specialist", "worker")),
                Tuple.of(3, List.of("worker", "specialist", "gpu")));
    }

    private static Arbitrary<List<String>> requiredRoles() {
        return Arbitraries.frequency(
                Tuple.of(6, List.of()),
                Tuple.of(2, List.of("specialist")),
                Tuple.of(1, List.of("gpu")),
                Tuple.of(1, List.of("specialist", "gpu")));
    }

    private static Arbitrary<Integer> priorities() {
        return Arbitraries.of(50, 0, 80, 100);
    }

    private static Arbitrary<String> keys() {
        return Arbitraries.frequency(Tuple.of(10, ""), Tuple.of(1, "k1"), Tuple.of(1, "k2"));
    }

    private static Arbitrary<String> capacities() {
        return Arbitraries.frequency(Tuple.of(8, ""), Tuple.of(1, "0"), Tuple.of(1, "2"));
    }

    private static Arbitrary<Integer> leases() {
        return Arbitraries.frequency(Tuple.of(3, 0), Tuple.of(1, 1), Tuple.of(1, 3));
    }

    private static Arbitrary<Integer> delays() {
        return Arbitraries.frequency(Tuple.of(8, 0), Tuple.of(1, 1), Tuple.of(1, 3));
    }

    private static Arbitrary<List<Integer>> dependencies() {
        return Arbitraries.frequencyOf(Tuple.of(2, Arbitraries.create(List::of)),
                Tuple.of(1, places().list().ofMinSize(1).ofMaxSize(2)));
    }

    private static Arbitrary<List<String>> resources() {
        return Arbitraries.frequencyOf(Tuple.of(2, Arbitraries.create(List::of)),
                Tuple.of(1, Arbitraries.of("a", "a/b", "a/b/c", "a-b", "d").list().ofMinSize(1).ofMaxSize(2)));
    }

    private static Arbitrary<Boolean> rarely() {
        return Arbitraries.frequency(Tuple.of(5, false), Tuple.of(1, true));
    }

    private static Arbitrary<Kind> kinds() {
        return Arbitraries.frequency(Tuple.of(6, Kind.COMPLETED), Tuple.of(5, Kind.FAILED), Tuple.of(2, Kind.RELEASED),
                Tuple.of(2, Kind.PROGRESS));
    }

    private static Arbitrary<Integer> claimsAgo() {
        return Arbitraries.frequency(Tuple.of(4, 0), Tuple.of(1, 1)).injectNull(0.4);
    }

    private static Arbitrary<Teller> tellers() {
        return Arbitraries.frequency(Tuple.of(10, Teller.HOLDER), Tuple.of(2, Teller.UNNAMED),
                Tuple.of(2, Teller.NOBODY), Tuple.of(1, Teller.OTHER_WORKER), Tuple.of(1, Teller.OTHER_SESSION));
    }
}
