package dev.claudebench.model;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

import org.jspecify.annotations.NullMarked;
import org.opentest4j.TestAbortedException;

import dev.claudebench.model.FleetModel.Instance;
import dev.claudebench.model.FleetTasks.Task;
import dev.claudebench.redis.Reply;
import dev.claudebench.redis.Script;
import dev.claudebench.redis.TestScripts;

/** One history: the calls so far, the fleet in Redis and the model of it, which are compared after each call. */
@NullMarked
final class FleetRun {
    private static final long LONG = 3_600_000;
    private static final String SWEEP_BOUND = "mostExpired, mostRequeued = ";
    private static final Map<String, Script> SCRIPTS = new ConcurrentHashMap<>();

    private FleetModel model;
    private final FleetDriver driver;
    private final Settings settings;
    private final FleetContents contents = new FleetContents();
    private final List<String> log = new ArrayList<>();
    private final FleetNumbers numbers = new FleetNumbers();
    private Saved saved;
    private int newTasks;
    private int capacity;
    private FleetSnapshot before = FleetSnapshot.EMPTY;
    private FleetSnapshot after = FleetSnapshot.EMPTY;
    private final List<FleetSnapshot.Event> allEvents = new ArrayList<>();
    private final Set<String> met = new TreeSet<>();

    FleetRun(FleetDriver driver, Settings settings) {
        this.driver = driver;
        this.settings = settings;
        this.model = new FleetModel(settings.sweepBatch());
        this.saved = new Saved(List.of(), model, List.of());
        this.capacity = settings.capacity();
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
     * @param sweepBatch the bound of a sweep, a small one to meet its end
     * @param briefRetention whether ended tasks are forgotten at once
     */
    record Settings(int capacity, int maxAttempts, int maxRoleSets, int sweepBatch, boolean briefRetention) {
        long retention() {
            return briefRetention ? FleetDriver.MOMENT : LONG;
        }
    }

    /** How long an instance lives from a call on. */
    enum Life {
        /** Beyond the end of the history. */
        LONG(FleetRun.LONG),
        /** The same, but less than half of what the fleet's health counts with. */
        AGEING(FleetRun.LONG / 4),
        /** Dead at the next call. */
        MOMENT(FleetDriver.MOMENT);

        final long millis;

        Life(long millis) {
            this.millis = millis;
        }
    }

    Settings settings() {
        return settings;
    }

    int capacity() {
        return capacity;
    }

    void capacity(int tasks) {
        capacity = tasks;
    }

    /** The time to live that the fleet's health is counted with. */
    long timeToLive() {
        return LONG;
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
            model.begin(List.of());
            action.run(this);
            compare();
        } catch (TestAbortedException e) {
            throw e;
        } catch (AssertionError | RuntimeException e) {
            throw new AssertionError(e.getMessage() + "\nafter, with " + settings + ":\n" + String.join("\n", log), e);
        }
    }

    /** Adds what an action turned out to be to the history. */
    void note(String detail) {
        log.set(log.size() - 1, log.get(log.size() - 1) + ": " + detail);
    }

    /** Sets the clock forward as the scripts see it, or back. */
    void setClockForward(int hours) {
        driver.setClockForward(Duration.ofHours(hours));
        model.tasks.setClockForward(hours);
    }

    void save() {
        saved = new Saved(driver.save(), model, List.copyOf(allEvents));
    }

    /** Redis comes back as it was when it was saved last, at first empty. */
    void rollBack() {
        driver.restore(saved.keys(), numbers.greatest());
        model = new FleetModel(saved.model());
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

    /** The same for a call after which something is to live so long; the history ends here if it cannot be told for how long. */
    Reply call(Life life, String script, Object... arguments) {
        if (life != Life.MOMENT) {
            return call(configuration().withTtl(life.millis), script, arguments);
        }
        return callForAMoment(script, List.of(script), any -> arguments).get(0);
    }

    /** The same for several calls of which each makes something last for a moment. */
    <T> List<Reply> callForAMoment(String script, List<T> subjects, Function<T, Object[]> arguments) {
        List<Reply> replies = driver.forAMoment(() -> subjects.stream()
                .map(subject -> driver.run(configuration().withTtl(Life.MOMENT.millis), script(script),
                        arguments.apply(subject)))
                .toList());
        if (replies == null) {
            throw new TestAbortedException("too slow");
        }
        look();
        return replies;
    }

    /** The same on several replicas at once. */
    List<Reply> callOnEach(int replicas, String script, Object... arguments) {
        List<Reply> replies = driver.runOnEach(replicas, configuration(), script(script), arguments);
        look();
        return replies;
    }

    /** Tells the model how long an instance lives from now on. */
    void live(String id, Life life) {
        Instance instance = model.live(id);
        if (instance != null) {
            instance.ageing = life == Life.AGEING;
            if (life == Life.MOMENT) {
                model.die(instance);
            }
        }
    }

    void expect(String what, Object expected, Object actual) {
        if (!expected.equals(actual)) {
            throw new AssertionError("answered " + what + " " + actual + " instead of " + expected);
        }
    }

    private TestScripts.Settings configuration() {
        return new TestScripts.Settings(timeToLive(), capacity, settings.retention(), settings.maxAttempts(),
                settings.maxRoleSets());
    }

    private void look() {
        after = driver.snapshot();
        allEvents.addAll(after.events());
        after.events()
                .forEach(event -> met.add(event.text().contains("previousWorkerId")
                        ? event.type() + " from another"
                        : event.type()));
        model.begin(after.events());
    }

    private void compare() {
        Set<String> accepted = new HashSet<>();
        model.tasks.all().stream().filter(task -> task.kept).map(task -> task.id).forEach(accepted::add);
        FleetInvariants.check(before, after, capacity, accepted, driver.now() + timeToLive());
        numbers.check(before, after);
        contents.compare(model, after);
        expect("events", model.events.expected().stream().sorted().toList(),
                after.events().stream().map(FleetSnapshot.Event::text).sorted().toList());
        if (model.changed != version() > before.version()) {
            throw new AssertionError("the version was " + before.version() + " and is " + version());
        }
    }

    long version() {
        return after.version();
    }

    /** Lets time pass after the end of a task, if it is to be forgotten at once. */
    Life lifeOfEnded() {
        return settings.briefRetention() ? Life.MOMENT : Life.LONG;
    }

    void forgetRecord(Task task) {
        task.kept = !settings.briefRetention();
    }

    private Script script(String name) {
        return SCRIPTS.computeIfAbsent(name + settings.sweepBatch(), any -> TestScripts.variant(Script.named(name),
                SWEEP_BOUND + 100, SWEEP_BOUND + settings.sweepBatch()));
    }
}
