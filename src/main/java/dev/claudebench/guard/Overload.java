package dev.claudebench.guard;

import java.util.concurrent.Semaphore;
import java.util.function.Supplier;

import jakarta.enterprise.context.ApplicationScoped;

import dev.claudebench.rpc.Failure;
import io.smallrye.mutiny.Uni;

/**
 * Bounds the calls under way in this replica. What it admits may wait for a Redis connection, within the time limit; the
 * rest is refused at once, so that work never piles up. It stands outside the circuit breaker, because a refusal says
 * nothing about Redis: counted as a success, it would keep the breaker of a dead Redis closed.
 */
@ApplicationScoped
class Overload {
    private final Semaphore places;
    private final GuardMetrics metrics;

    Overload(GuardConfig config, GuardMetrics metrics) {
        int maxCalls = config.overload().maxCalls();
        this.places = new Semaphore(maxCalls);
        this.metrics = metrics;
        metrics.watchCallsUnderWay(() -> maxCalls - places.availablePermits());
    }

    <T> Uni<T> admit(String method, Supplier<Uni<? extends T>> call) {
        return Uni.createFrom().deferred(() -> {
            if (!places.tryAcquire()) {
                metrics.refused(GuardMetrics.Refusal.OVERLOAD, method);
                throw new Failure.Overloaded("Overloaded: too many calls are under way", Failure.Outcome.NOT_EXECUTED);
            }
            return Uni.createFrom().deferred(call).onTermination().invoke(() -> places.release());
        });
    }
}
