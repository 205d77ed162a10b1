package dev.claudebench.task;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Supplier;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;

import dev.claudebench.event.EventFeed;
import dev.claudebench.event.StreamEvent;
import dev.claudebench.method.Bench;
import dev.claudebench.method.CallContext;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.ShutdownDelayInitiatedEvent;
import io.quarkus.runtime.Startup;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.subscription.UniEmitter;
import io.vertx.core.Vertx;

/**
 * The claims of this replica that wait for a task. They cost nothing until the events say that there may be one: then the
 * claim that has waited longest, of a worker with the roles for it, is made again, and if it gets nothing, that of the next
 * worker with other roles.
 */
@ApplicationScoped
@Startup
class ClaimWaiters {
    static final String WAITING = "claudebench.task.claims.waiting";
    static final String WAITED = "claudebench.task.claims.waited";
    private static final int MAX_WAITING = 10_000;
    /** Events after which a task may be claimed that could not be before: itself, or one whose resources are free now. */
    private static final Set<String> MAKE_CLAIMABLE = Set.of("task.created", "task.requeued", "task.released",
            "task.due",
            "task.unblocked", "task.retried", "task.completed", "task.failed", "task.cancelled");

    private final EventFeed feed;
    private final Vertx vertx;
    private final Counter waited;
    private final Map<Bench, Set<Waiter>> waiters = new HashMap<>();
    private final AtomicInteger number = new AtomicInteger();
    private boolean stopping;

    ClaimWaiters(EventFeed feed, Vertx vertx, MeterRegistry registry) {
        this.feed = feed;
        this.vertx = vertx;
        this.waited = Counter.builder(WAITED).description("Claims that have waited for a task").register(registry);
        Gauge.builder(WAITING, number::get).description("Claims that wait for a task").register(registry);
    }

    /**
     * Waits for a task.
     *
     * @param nothing the result so far, which is returned if there is no task in time
     * @param claim makes the claim again
     */
    Uni<TaskClaimMethod.Result> await(TaskClaimMethod.Result nothing, Duration time, CallContext call,
            Supplier<Uni<TaskClaimMethod.Result>> claim) {
        return Uni.createFrom().emitter(emitter -> {
            Waiter waiter = new Waiter(nothing, call, claim, emitter);
            synchronized (this) {
                if (stopping || number.get() == MAX_WAITING) {
                    emitter.complete(nothing);
                    return;
                }
                waiters.computeIfAbsent(call.bench(), first -> new LinkedHashSet<>()).add(waiter);
                number.incrementAndGet();
                feed.listen(call.bench(), events -> wake(call.bench(), events));
            }
            waited.increment();
            vertx.setTimer(time.toMillis(), timer -> waiter.expire());
            // a task may have come since the claim
            wake(List.of(waiter), new HashSet<>());
        });
    }

    /** @param events none if some may have been missed */
    private void wake(Bench bench, List<StreamEvent> events) {
        if (events.isEmpty()) {
            waiting(bench, Set.of()).forEach(waiter -> wake(List.of(waiter), new HashSet<>()));
        }
        events.stream()
                .filter(event -> MAKE_CLAIMABLE.contains(event.type()))
                .forEach(event -> wake(waiting(bench, event.roles()), new HashSet<>()));
    }

    /**
     * Makes the first claim again, then those of other roles while there is nothing to be had. A claim that could get nothing
     * anyway, since its worker has no room or is gone, says nothing about others with its roles.
     */
    private void wake(List<Waiter> candidates, Set<Set<String>> tried) {
        for (int i = 0; i < candidates.size(); i++) {
            Waiter waiter = candidates.get(i);
            if (!tried.contains(waiter.nothing.roles()) && waiter.begin()) {
                List<Waiter> others = candidates.subList(i + 1, candidates.size());
                waiter.claim(hadRoom -> {
                    if (hadRoom) {
                        tried.add(waiter.nothing.roles());
                    }
                    wake(others, tried);
                });
                return;
            }
        }
    }

    private synchronized List<Waiter> waiting(Bench bench, Set<String> required) {
        List<Waiter> able = new ArrayList<>();
        for (Waiter waiter : waiters.getOrDefault(bench, Set.of())) {
            if (waiter.nothing.roles().containsAll(required)) {
                able.add(waiter);
            }
        }
        return able;
    }

    private synchronized void remove(Waiter waiter) {
        Bench bench = waiter.call.bench();
        Set<Waiter> others = waiters.get(bench);
        if (others != null && others.remove(waiter)) {
            number.decrementAndGet();
            if (others.isEmpty()) {
                waiters.remove(bench);
                feed.stopListening(bench);
            }
        }
    }

    /** A service that stops waits for calls under way. */
    void stop(@Observes ShutdownDelayInitiatedEvent event) {
        List<Waiter> all;
        synchronized (this) {
            stopping = true;
            all = waiters.values().stream().flatMap(Set::stream).toList();
        }
        all.forEach(Waiter::expire);
    }

    /** One claim that waits. */
    private final class Waiter {
        private final TaskClaimMethod.Result nothing;
        private final CallContext call;
        private final Supplier<Uni<TaskClaimMethod.Result>> claim;
        private final UniEmitter<? super TaskClaimMethod.Result> emitter;
        private boolean claiming;
        private boolean again;
        private boolean expired;

        Waiter(TaskClaimMethod.Result nothing, CallContext call, Supplier<Uni<TaskClaimMethod.Result>> claim,
                UniEmitter<? super TaskClaimMethod.Result> emitter) {
            this.nothing = nothing;
            this.call = call;
            this.claim = claim;
            this.emitter = emitter;
        }

        /**
         * Returns whether the claim is to be made now: not if it is under way, when it gets its result first, or if nobody would get
         * its result.
         */
        synchronized boolean begin() {
            if (claiming) {
                again = true;
                return false;
            }
            if (expired || call.caller().isGone().getAsBoolean()) {
                end(nothing);
                return false;
            }
            claiming = true;
            return true;
        }

        /** @param otherwise is told whether the worker had room, if it got nothing */
        void claim(Consumer<Boolean> otherwise) {
            claim.get().subscribe().with(result -> {
                if (result.claimed()) {
                    end(result);
                    return;
                }
                getNothing();
                otherwise.accept(result.room() > 0);
            }, failure -> {
                remove(this);
                emitter.fail(failure);
                otherwise.accept(false);
            });
        }

        /** Waits on, unless something has happened during the claim. */
        private void getNothing() {
            boolean repeat;
            synchronized (this) {
                claiming = false;
                repeat = again;
                again = false;
                if (expired) {
                    end(nothing);
                }
            }
            if (repeat) {
                wake(List.of(this), new HashSet<>());
            }
        }

        /** A claim that is under way ends first: what it gets must not be lost. */
        synchronized void expire() {
            expired = true;
            if (!claiming) {
                end(nothing);
            }
        }

        private void end(TaskClaimMethod.Result result) {
            remove(this);
            emitter.complete(result);
        }
    }
}
