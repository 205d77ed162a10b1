package dev.claudebench.model;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;

import org.jspecify.annotations.NullMarked;

import dev.claudebench.model.FleetTasks.Task;
import dev.claudebench.redis.Reply;
import dev.claudebench.redis.Script;
import dev.claudebench.redis.TestScripts;

/** One history: the calls so far, the fleet in Redis and the model of it, which are compared after each call. */
@NullMarked
final class FleetRun {
    /** How long a tick of the model lasts in Redis. */
    static final long TICK_MILLIS = 60_000;

    private static final String SWEEP_BOUND = "mostExpired, mostRequeued = ";
    private static final String LOOK_BOUND = "local LOOK = ";
    private static final Map<String, Script> SCRIPTS = new ConcurrentHashMap<>();

    private FleetModel model;
    private final FleetDriver driver;
    private final List<String> log = new ArrayList<>();
    private final FleetNumbers numbers = new FleetNumbers();
    private Saved saved;
    private int newTasks;
    private long calls;
    private FleetSnapshot before = FleetSnapshot.EMPTY;
    private FleetSnapshot after = FleetSnapshot.EMPTY;
    private final List<FleetSnapshot.Event> allEvents = new ArrayList<>();
    private final Set<String> met = new TreeSet<>();

    FleetRun(FleetDriver driver, Settings settings) {
        this.driver = driver;
        this.model = new FleetModel(settings);
        this.saved = new Saved(List.of(), model, List.of());
        driver.reset();
    }

    /** All that has happened up to a moment. */
    private record Saved(List<FleetDriver.SavedKey> keys, FleetModel model, List<FleetSnapshot.Event> events) {
        Saved {
            model = new FleetModel(model);
        }
    }

    /**
     * What the service is configured to.
     *
     * @param mostTasks the quota of tasks that have not ended
     * @param sweepBatch the bound of a sweep, a small one to meet its end
     * @param look how many tasks a claim passes over
     * @param retention of ended tasks, in ticks
     */
    record Settings(int capacity, int mostTasks, int sweepBatch, int look, int retention, int retentionCount) {
        Settings withCapacity(int tasks) {
            return new Settings(tasks, mostTasks, sweepBatch, look, retention, retentionCount);
        }
    }

    /** How long an instance lives from a call on. */
    enum Life {
        LONG(60),
        /** Less than half of what the fleet's health counts with. */
        AGEING(15),
        SHORT(1);

        final int ticks;

        Life(int ticks) {
            this.ticks = ticks;
        }

        long millis() {
            return ticks * TICK_MILLIS;
        }
    }

    FleetModel model() {
        return model;
    }

    /** An id that no task has had, also none of a history that was rolled back. */
    String newTask() {
        return "t" + ++newTasks;
    }

    /** What Redis holds after the call. */
    FleetSnapshot redis() {
        return after;
    }

    /** What Redis held before the call. */
    FleetSnapshot redisBefore() {
        return before;
    }

    /** What occurred: types of events, reasons of refusals. */
    Set<String> met() {
        return met;
    }

    List<FleetSnapshot.Event> allEvents() {
        return allEvents;
    }

    /** Carries out an action and compares. */
    void step(FleetAction action) {
        log.add((log.size() + 1) + ". " + action);
        try {
            before = after;
            after = before.withoutEvents();
            model.begin(++calls, List.of());
            action.run(this);
            compare();
        } catch (AssertionError | RuntimeException e) {
            throw new AssertionError(
                    e.getMessage() + "\nafter, with " + model.settings + ":\n" + String.join("\n", log), e);
        }
    }

    /** Repair has nothing to do once what is dead or too old has been removed. */
    void repairFindsNothing() {
        do {
            step(new FleetAction.Sweep(1));
        } while (model.alive().size() < model.instances.size());
        if (model.tasks.all().stream().allMatch(model.tasks::isKept)) {
            step(new FleetAction.Repair());
        }
    }

    /** Adds what an action turned out to be to the history. */
    void note(String detail) {
        log.set(log.size() - 1, log.get(log.size() - 1) + ": " + detail);
    }

    /** Moves the clock as the scripts see it. */
    void moveClock(int ticks) {
        driver.moveClock(Duration.ofMillis(ticks * TICK_MILLIS));
        model.moveClock(ticks);
    }

    void save() {
        saved = new Saved(driver.save(), model, List.copyOf(allEvents));
    }

    /** Redis comes back as it was when it was saved last, at first empty. */
    void rollBack() {
        driver.restore(saved.keys(), numbers.greatest());
        Settings settings = model.settings;
        model = new FleetModel(saved.model());
        model.settings = settings;
        allEvents.clear();
        allEvents.addAll(saved.events());
        look();
        before = after;
    }

    /** Calls a script as its store does, and looks at what became of Redis. */
    Reply call(String script, Object... arguments) {
        return call(configuration(), script, arguments);
    }

    private Reply call(TestScripts.Settings configuration, String script, Object... arguments) {
        Reply reply = driver.run(configuration, script(script), arguments);
        look();
        if (reply.has("refused")) {
            met.add(reply.text("refused"));
        }
        return reply;
    }

    /** The same for a call after which an instance lives so long. */
    Reply call(Life life, String script, Object... arguments) {
        return call(configuration().withTtl(life.millis()), script, arguments);
    }

    /** The same on several replicas at once. */
    List<Reply> callOnEach(int replicas, String script, Object... arguments) {
        List<Reply> replies = driver.runOnEach(replicas, configuration(), script(script), arguments);
        look();
        return replies;
    }

    void expect(String what, Object expected, Object actual) {
        if (!expected.equals(actual)) {
            throw new AssertionError("answered " + what + " " + actual + " instead of " + expected);
        }
    }

    /** Expects one of these refusals, none if there are no objections. */
    void expectRefusal(Set<String> objections, Reply reply) {
        String refusal = reply.textOrNull("refused");
        if (refusal == null ? !objections.isEmpty() : !objections.contains(refusal)) {
            throw new AssertionError("answered refusal " + refusal + " instead of one of " + objections);
        }
    }

    void expectTask(Task task, Reply reply) {
        expect("id", task.id, reply.field("task").text("id"));
        expect("status", task.status.text(), reply.field("task").text("status"));
    }

    static List<String> ids(List<Reply> records) {
        return records.stream().map(one -> one.text("id")).toList();
    }

    private TestScripts.Settings configuration() {
        Settings settings = model.settings;
        return new TestScripts.Settings(Life.LONG.millis(), settings.capacity(), settings.retention() * TICK_MILLIS,
                settings.retentionCount(), 3, TestScripts.Settings.quotas(settings.mostTasks()));
    }

    private void look() {
        after = driver.snapshot();
        // what happens in one call has one time, and the next call a later one
        driver.awaitNextMillisecond();
        allEvents.addAll(after.events());
        after.events()
                .forEach(event -> met.add(event.type() + event.payload().path("reason").asText()
                        + (event.payload().has("previousWorkerId") ? " from another" : "")));
        model.begin(++calls, after.events());
    }

    private void compare() {
        Set<String> accepted = new HashSet<>();
        model.tasks.all().stream().filter(model.tasks::isKept).map(task -> task.id).forEach(accepted::add);
        FleetInvariants.check(before, after, model.settings.capacity(), accepted, driver.now() + Life.LONG.millis());
        numbers.check(before, after);
        FleetContents.compare(model, after);
        expect("events", model.events.expected().stream().sorted().toList(),
                after.events().stream().map(FleetSnapshot.Event::text).sorted().toList());
        if (model.changed != version() > before.version()) {
            throw new AssertionError("the version was " + before.version() + " and is " + version());
        }
    }

    long version() {
        return after.version();
    }

    private Script script(String name) {
        Settings settings = model.settings;
        return SCRIPTS.computeIfAbsent(name + " " + settings.sweepBatch() + " " + settings.look(), any -> TestScripts
                .variant(
                        TestScripts.variant(Script.named(name), SWEEP_BOUND + 100, SWEEP_BOUND + settings.sweepBatch()),
                        LOOK_BOUND + 20, LOOK_BOUND + settings.look()));
    }
}
