package dev.claudebench.guard;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;

import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.eclipse.microprofile.faulttolerance.exceptions.CircuitBreakerOpenException;

import dev.claudebench.method.CallGuard;
import dev.claudebench.method.Failure;
import io.quarkus.runtime.ShutdownDelayInitiatedEvent;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Vertx;

/**
 * Limits the active calls of this replica; further calls are refused at once. Surrounds the circuit breaker, which would count a
 * refusal as a success and so stay closed while Redis is down.
 */
@ApplicationScoped
class Overload implements CallGuard {
    private static final long REFUSE_BEFORE_END_MILLIS = 500;
    private static final int DRAIN_SECONDS = 5;

    private final Vertx vertx;
    private final Optional<Duration> shutdownDelay;

    private final int maxCalls;
    private final Semaphore places;
    private final GuardMetrics metrics;
    private final CircuitBreakers breakers;
    private final MethodGuards guards;

    private volatile boolean stopping;

    Overload(GuardConfig config, GuardMetrics metrics, CircuitBreakers breakers, MethodGuards guards,
            Vertx vertx,
            @ConfigProperty(name = "quarkus.shutdown.delay") Optional<Duration> shutdownDelay) {
        this.vertx = vertx;
        this.shutdownDelay = shutdownDelay;
        this.maxCalls = config.overload().maxCalls();
        this.places = new Semaphore(maxCalls);
        this.metrics = metrics;
        this.breakers = breakers;
        this.guards = guards;
        metrics.registerActiveCalls(() -> maxCalls - places.availablePermits());
    }

    /**
     * Refuses calls just before the service stops. Quarkus waits for requests in flight, but not for one that arrives while it stops:
     * its call would be executed and not answered.
     */
    void stop(@Observes ShutdownDelayInitiatedEvent event) throws InterruptedException {
        long delay = shutdownDelay.map(Duration::toMillis).orElse(0L) - REFUSE_BEFORE_END_MILLIS;
        if (delay > 0) {
            vertx.setTimer(delay, timer -> stopping = true);
            return;
        }
        stopping = true;
        if (places.tryAcquire(maxCalls, DRAIN_SECONDS, TimeUnit.SECONDS)) {
            places.release(maxCalls);
        }
    }

    @Override
    public String permissionOf(String method) {
        return guards.permissionOf(method);
    }

    @Override
    public <T> Uni<T> guard(String method, Supplier<Uni<? extends T>> call) {
        if (stopping) {
            return Uni.createFrom()
                    .failure(new Failure.Overloaded("The service is about to stop", Failure.Outcome.NOT_EXECUTED));
        }
        if (!places.tryAcquire()) {
            metrics.refused(GuardMetrics.Refusal.OVERLOAD, method);
            return Uni.createFrom()
                    .failure(new Failure.Overloaded("Overloaded: too many calls are under way",
                            Failure.Outcome.NOT_EXECUTED));
        }
        return Uni.createFrom()
                .deferred(call)
                .onFailure(CircuitBreakerOpenException.class)
                .transform(open -> breakers.openFailure(method))
                .onFailure(Failure.CircuitOpen.class)
                .invoke(() -> metrics.refused(GuardMetrics.Refusal.CIRCUIT_BREAKER, method))
                .onTermination()
                .invoke(() -> places.release());
    }
}
