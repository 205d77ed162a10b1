package dev.claudebench.bench;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import jakarta.enterprise.context.ApplicationScoped;

import dev.claudebench.config.InstanceConfig;
import dev.claudebench.method.Bench;
import dev.claudebench.method.CallContext;
import dev.claudebench.method.Failure;
import dev.claudebench.redis.RedisConfig;
import dev.claudebench.redis.Reply;
import dev.claudebench.redis.Script;
import dev.claudebench.redis.Scripts;
import io.quarkus.runtime.configuration.DurationConverter;
import io.quarkus.scheduler.common.runtime.util.SchedulerUtils;
import io.smallrye.mutiny.Uni;

/**
 * The list of benches that are swept, which Redis keeps beside the bench {@code default}; that one is always swept. A script that may
 * create something in a bench refuses to do so before the bench is in the list, so no bench is forgotten, and those that nothing is
 * left of can leave the list.
 */
@ApplicationScoped
public class Benches {
    /** The reason of a refusal by {@link #run}. */
    public static final String TOO_MANY = "too_many_benches";

    private static final Script ADD = Script.named("benches_add");
    private static final Script TAKE = Script.named("benches_take");
    private static final Script KEEP = Script.named("benches_keep");
    private static final Duration USUAL_INTERVAL = Duration.ofSeconds(1);
    /** How many times the life of an instance a bench rests in which nothing can happen by itself. */
    private static final int RESTS = 5;
    /** Bounds what sweeps cost, however many benches there are. */
    public static final int MAX_TAKEN = 100;

    private final Scripts scripts;
    private final BenchConfig config;
    /** Shorter than an interval of the timer, so that a bench is due at each. */
    private final Duration again;
    private final Duration untilFirst;
    private final Duration rest;
    private final Duration lately;
    /** The benches that this replica has taken lately, with the {@link System#nanoTime}. */
    private final Map<Bench, Long> takenNanos = new ConcurrentHashMap<>();

    Benches(Scripts scripts, BenchConfig config, InstanceConfig instances, RedisConfig redis) {
        this.scripts = scripts;
        this.config = config;
        Duration interval = SchedulerUtils.isOff(instances.sweepInterval())
                ? USUAL_INTERVAL
                : DurationConverter.parseDuration(instances.sweepInterval());
        this.lately = interval.multipliedBy(10);
        this.again = interval.multipliedBy(3).dividedBy(4);
        // A call that has added its bench must not come after a sweep that finds nothing there.
        this.untilFirst = interval.plus(redis.timeout());
        this.rest = instances.ttl().plus(untilFirst).multipliedBy(RESTS);
    }

    /**
     * A bench that is to be swept, and when it is due again otherwise.
     *
     * @param mayLeave whether it may leave the list; false while the list cannot be reached
     */
    public record Taken(Bench bench, String due, boolean mayLeave) {}

    /** Runs a script that may create something in the bench of a call. It must take as its last argument whether the bench is in the list. */
    public Uni<Reply> run(Script script, CallContext context, Object... arguments) {
        Bench bench = context.bench();
        if (bench.isDefault()) {
            return scripts.run(script, context, with(arguments, ""));
        }
        return scripts.run(script, context, with(arguments, 0))
                .chain(reply -> reply.has("unlisted")
                        ? add(context).chain(() -> scripts.run(script, context.limitedTo(CallContext.Limit.NONE),
                                with(arguments, 1)))
                        : Uni.createFrom().item(reply));
    }

    private static Object[] with(Object[] arguments, Object last) {
        List<Object> all = new ArrayList<>(List.of(arguments));
        all.add(last);
        return all.toArray();
    }

    private Uni<Reply> add(CallContext context) {
        CallContext ofList = context.on(Bench.DEFAULT).limitedTo(CallContext.Limit.NONE);
        return scripts.run(ADD, ofList, context.bench().name(), untilFirst.toMillis(), config.max()).invoke(reply -> {
            if (reply.has("refused")) {
                throw new Failure.Refused(reply.text("refused"), null);
            }
        });
    }

    /**
     * Takes the benches that are due, so that no other replica sweeps them, at most {@value #MAX_TAKEN}. While the server that has the list does
     * not answer, those that this replica has taken lately are due, since they may be on other servers.
     */
    public Uni<List<Taken>> takeDue() {
        return take(MAX_TAKEN, "").onFailure(Failure.NotServed.class)
                .recoverWithItem(this::takeAgain)
                .invoke(this::note);
    }

    private void note(List<Taken> taken) {
        long now = System.nanoTime();
        takenNanos.values().removeIf(before -> now - before > lately.toNanos());
        taken.forEach(one -> takenNanos.put(one.bench, now));
    }

    private List<Taken> takeAgain() {
        return takenNanos.entrySet()
                .stream()
                .sorted(Map.Entry.comparingByValue())
                .limit(MAX_TAKEN)
                .map(one -> new Taken(one.getKey(), "", false))
                .toList();
    }

    /** Takes a bench before it is deleted. */
    Uni<Taken> take(Bench bench) {
        return take(1, bench.name()).map(taken -> taken.get(0));
    }

    private Uni<List<Taken>> take(int most, String name) {
        return scripts.run(TAKE, Bench.DEFAULT, most, again.toMillis(), rest.toMillis(), name)
                .map(reply -> reply.texts("names")
                        .stream()
                        .map(one -> new Taken(new Bench(one), reply.text("taken"), true))
                        .toList());
    }

    /** A taken bench is due again at once. */
    public Uni<Void> sweepAgain(Taken taken) {
        return keep(taken, 0);
    }

    /** Nothing happens in a taken bench: it is due again later, or when a call creates something there. */
    public Uni<Void> rest(Taken taken) {
        return keep(taken, rest.toMillis());
    }

    /** Nothing is left of a taken bench. */
    public Uni<Void> remove(Taken taken) {
        return keep(taken, "");
    }

    private Uni<Void> keep(Taken taken, Object delay) {
        if (!delay.equals(0)) {
            takenNanos.remove(taken.bench);
        }
        return scripts.run(KEEP, Bench.DEFAULT, taken.bench.name(), taken.due, delay).replaceWithVoid();
    }
}
