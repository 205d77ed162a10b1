package dev.claudebench.guard;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.Any;
import jakarta.enterprise.inject.Instance;
import jakarta.enterprise.util.TypeLiteral;

import org.eclipse.microprofile.faulttolerance.exceptions.CircuitBreakerOpenException;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

import dev.claudebench.method.Failure;
import dev.claudebench.method.RpcMethod;
import dev.claudebench.redis.ScriptFailedException;
import io.quarkus.runtime.StartupEvent;
import io.smallrye.faulttolerance.api.CircuitBreakerMaintenance;
import io.smallrye.faulttolerance.api.CircuitBreakerState;
import io.smallrye.faulttolerance.api.TypedGuard;
import io.smallrye.mutiny.Uni;

/**
 * A circuit breaker for each method group. It counts a Redis that cannot be reached, does not answer in time or answers
 * with an error; a connection that breaks under many calls counts once. A refusal for a caller's own reasons, or a call that was
 * late while others were answered, shows that Redis answers, and counts as a success; parameters are checked before a call gets
 * here.
 */
@ApplicationScoped
class CircuitBreakers {
    private static final Logger LOG = Logger.getLogger(CircuitBreakers.class);
    private static final TypeLiteral<Uni<Object>> UNI = new TypeLiteral<>() {
    };

    private final GuardConfig.CircuitBreaker config;
    private final GuardMetrics metrics;
    private final CircuitBreakerMaintenance maintenance;
    private final Map<String, Breaker> breakers = new ConcurrentHashMap<>();

    CircuitBreakers(GuardConfig config, GuardMetrics metrics, CircuitBreakerMaintenance maintenance) {
        this.config = config.circuitBreaker();
        this.metrics = metrics;
        this.maintenance = maintenance;
    }

    /** Carries out a call, or fails with {@link Failure.CircuitOpen} without trying it. */
    Uni<Object> apply(String method, Supplier<Uni<Object>> call) {
        Breaker breaker = breakerOf(method);
        return breaker.guard.get(call)
                .onFailure(CircuitBreakerOpenException.class)
                .transform(open -> {
                    metrics.refused(GuardMetrics.Refusal.CIRCUIT_BREAKER, method);
                    return new Failure.CircuitOpen(breaker.retryAfter());
                });
    }

    /** Makes every breaker at start-up, so that its metric is there before the first call. */
    void makeBreakers(@Observes StartupEvent event, @Any Instance<RpcMethod<?, ?>> methods) {
        methods.forEach(method -> breakerOf(method.name()));
    }

    private Breaker breakerOf(String method) {
        String group = method.split("\\.", 2)[0];
        return breakers.computeIfAbsent(group, Breaker::new);
    }

    private final class Breaker {
        private final String group;
        private final TypedGuard<Uni<Object>> guard;
        private volatile long openedNanos;
        private volatile @Nullable Throwable lastFailure;

        Breaker(String group) {
            this.group = group;
            this.guard = TypedGuard.create(UNI)
                    .withCircuitBreaker()
                    .requestVolumeThreshold(config.failures())
                    .failureRatio(1.0)
                    .successThreshold(1)
                    .delay(config.delay().toMillis(), ChronoUnit.MILLIS)
                    .when(this::isFailure)
                    .onStateChange(this::changed)
                    .name(group)
                    .done()
                    .build();
            metrics.watchBreaker(group, () -> switch (maintenance.currentState(group)) {
                case CLOSED -> 0;
                case HALF_OPEN -> 1;
                case OPEN -> 2;
            });
        }

        private boolean isFailure(Throwable thrown) {
            boolean failure = thrown instanceof Failure.Unavailable || thrown instanceof ScriptFailedException;
            if (failure) {
                lastFailure = thrown;
            }
            return failure;
        }

        private void changed(CircuitBreakerState now) {
            if (now == CircuitBreakerState.OPEN) {
                openedNanos = System.nanoTime();
                LOG.warnf(lastFailure, "circuit breaker open: group=%s failures=%d delay=%s", group, config.failures(),
                        config.delay());
            } else if (now == CircuitBreakerState.CLOSED) {
                LOG.infof("circuit breaker closed: group=%s", group);
            }
        }

        /** Until the next probe; while one is under way, a moment, since it decides. */
        private Duration retryAfter() {
            Duration left = config.delay().minusNanos(System.nanoTime() - openedNanos);
            Duration moment = Duration.ofMillis(100);
            return left.compareTo(moment) < 0 ? moment : left;
        }
    }
}
