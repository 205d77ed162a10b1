package dev.claudebench.guard;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import jakarta.enterprise.context.ApplicationScoped;

import org.eclipse.microprofile.config.Config;
import org.eclipse.microprofile.faulttolerance.CircuitBreaker;
import org.jboss.logging.Logger;

import dev.claudebench.method.Failure;
import io.quarkus.runtime.Startup;
import io.smallrye.faulttolerance.api.CircuitBreakerMaintenance;
import io.smallrye.faulttolerance.api.CircuitBreakerState;

/** Logs and exports the state of the circuit breakers, one for each method. */
@ApplicationScoped
@Startup
class CircuitBreakers {
    private static final Logger LOG = Logger.getLogger(CircuitBreakers.class);
    /** The least time before a retry, also while a probe is in flight. */
    private static final Duration MIN_RETRY_AFTER = Duration.ofMillis(100);

    private final Map<String, Duration> delays = new ConcurrentHashMap<>();
    private final Map<String, Long> openedNanos = new ConcurrentHashMap<>();
    private final Set<String> notClosed = ConcurrentHashMap.newKeySet();

    CircuitBreakers(MethodGuards guards, CircuitBreakerMaintenance maintenance, GuardMetrics metrics, Config config) {
        guards.calls().forEach((name, call) -> {
            delays.put(name, delay(config, call.getDeclaringClass().getName() + "/call",
                    call.getAnnotation(CircuitBreaker.class)));
            maintenance.onStateChange(name, state -> changed(name, state));
            metrics.registerBreaker(name, () -> switch (maintenance.currentState(name)) {
                case CLOSED -> 0;
                case HALF_OPEN -> 1;
                case OPEN -> 2;
            });
        });
    }

    /** Reads the delay like SmallRye Fault Tolerance: configured for the method, configured for all methods, or declared. */
    private static Duration delay(Config config, String call, CircuitBreaker declared) {
        for (String key : new String[]{'"' + call + '"', "global"}) {
            String property = "smallrye.faulttolerance." + key + ".circuit-breaker.delay";
            var delay = config.getOptionalValue(property, Long.class);
            if (delay.isPresent()) {
                ChronoUnit unit = config.getOptionalValue(property + "-unit", ChronoUnit.class)
                        .orElse(declared.delayUnit());
                return Duration.of(delay.get(), unit);
            }
        }
        return Duration.of(declared.delay(), declared.delayUnit());
    }

    private void changed(String method, CircuitBreakerState state) {
        if (state == CircuitBreakerState.OPEN) {
            openedNanos.put(method, System.nanoTime());
            // It opens again after each probe that fails.
            if (notClosed.add(method)) {
                LOG.warnf("circuit breaker open: method=%s delay=%s", method, delays.get(method));
            }
        } else if (state == CircuitBreakerState.CLOSED) {
            notClosed.remove(method);
            LOG.infof("circuit breaker closed: method=%s", method);
        }
    }

    /** Returns the failure of a call that an open breaker refuses, with the time until the next probe. */
    Failure openFailure(String method) {
        Duration open = Duration.ofNanos(System.nanoTime() - openedNanos.getOrDefault(method, System.nanoTime()));
        Duration left = delays.getOrDefault(method, MIN_RETRY_AFTER).minus(open);
        return new Failure.CircuitOpen(left.compareTo(MIN_RETRY_AFTER) < 0 ? MIN_RETRY_AFTER : left);
    }
}
