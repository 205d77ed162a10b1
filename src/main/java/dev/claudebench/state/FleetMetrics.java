package dev.claudebench.state;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.ToDoubleFunction;

import jakarta.enterprise.context.ApplicationScoped;

import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.Startup;
import io.quarkus.scheduler.Scheduled;
import io.quarkus.scheduler.common.runtime.util.SchedulerUtils;
import io.smallrye.mutiny.Uni;

/**
 * Exports the size of the fleet as gauges and the totals of its events as counters, read from Redis at an interval. All
 * replicas export the same fleet.
 *
 * <p>While Redis cannot be read, a gauge is NaN: a stale value would look like an idle fleet. A counter keeps its last value,
 * since NaN would break rates, and catches up at the next read. A counter is registered at the first read, since Prometheus
 * would count a rise from 0 as an increase. It never decreases, even if Redis has lost its last writes, since Prometheus would
 * take that for a reset; replicas may differ after such a loss.
 */
@ApplicationScoped
@Startup
class FleetMetrics {
    static final String INSTANCES = "claudebench.instances";
    static final String INSTANCES_BY_ROLE = "claudebench.instances.role";
    static final String TASKS = "claudebench.tasks";
    static final String PENDING_AGE = "claudebench.tasks.pending.age";
    static final String EVENTS = "claudebench.fleet.events";
    static final String LEADERS = "claudebench.leaders";
    static final String TERM = "claudebench.leader.term";
    static final String VERSION = "claudebench.state.version";
    private static final Logger LOG = Logger.getLogger(FleetMetrics.class);
    private static final List<String> STATUSES = List.of("pending", "assigned", "in_progress", "dead");
    /** The names of the totals in Redis, by type of event. */
    private static final Map<String, String> TOTALS = Map.of(
            "instance.registered", "registrations",
            "instance.unregistered", "unregistrations",
            "instance.expired", "expirations",
            "leader.elected", "elections",
            "task.created", "tasksCreated",
            "task.completed", "tasksCompleted",
            "task.failed", "tasksFailed",
            "task.dead", "tasksDied");

    private final StateStore states;
    private final MeterRegistry registry;
    private final List<String> roles;
    private final Map<String, Total> totals = new ConcurrentHashMap<>();
    private volatile @Nullable FleetSize size;

    FleetMetrics(StateStore states, FleetMetricsConfig config, MeterRegistry registry) {
        this.states = states;
        this.registry = registry;
        this.roles = List.copyOf(config.roles());
        if (SchedulerUtils.isOff(config.refresh())) {
            // Gauges that are always NaN would look like an unreachable Redis.
            return;
        }
        gauge(INSTANCES, "Live instances", FleetSize::instances).register(registry);
        gauge(LEADERS, "1 if there is a leader, else 0", FleetSize::leaders).register(registry);
        gauge(TERM, "Term of the latest election, the fencing token", FleetSize::term).register(registry);
        gauge(VERSION, "Version of the global state", FleetSize::version).register(registry);
        gauge(PENDING_AGE, "Age of the pending task that is next to be assigned; 0 if none is pending",
                now -> now.pendingAge().toMillis() / 1000.0)
                .baseUnit("seconds")
                .register(registry);
        for (String role : roles) {
            gauge(INSTANCES_BY_ROLE, "Instances with a role, including dead ones until they are removed",
                    now -> now.roles().getOrDefault(role, 0L))
                    .tag("role", role)
                    .register(registry);
        }
        for (String status : STATUSES) {
            gauge(TASKS, "Tasks by status", now -> now.tasks().getOrDefault(status, 0L))
                    .tag("status", status)
                    .register(registry);
        }
    }

    private Gauge.Builder<?> gauge(String name, String help, ToDoubleFunction<FleetSize> value) {
        return Gauge.builder(name, () -> {
            FleetSize now = size;
            return now == null ? Double.NaN : value.applyAsDouble(now);
        }).description(help);
    }

    private void update(FleetSize read) {
        size = read;
        TOTALS.forEach((type, field) -> {
            long total = read.totals().getOrDefault(field, 0L);
            totals.computeIfAbsent(type, key -> register(key, total)).update(total);
        });
    }

    private Total register(String type, long first) {
        Total total = new Total(first);
        FunctionCounter.builder(EVENTS, total, Total::value)
                .description("Events in the fleet since Redis was empty, by type")
                .tag("type", type)
                .register(registry);
        return total;
    }

    /** A total that ignores decreases of the value in Redis. */
    private static final class Total {
        private long last;
        private long value;

        Total(long first) {
            last = first;
            value = first;
        }

        synchronized void update(long now) {
            value += Math.max(0, now - last);
            last = now;
        }

        synchronized long value() {
            return value;
        }
    }

    @Scheduled(every = "{claudebench.metrics.refresh}", concurrentExecution = Scheduled.ConcurrentExecution.SKIP)
    Uni<Void> refresh() {
        return states.size(roles)
                .invoke(this::update)
                .onFailure()
                .invoke(failure -> {
                    size = null;
                    LOG.debug("Cannot read the size of the fleet", failure);
                })
                .onFailure()
                .recoverWithNull()
                .replaceWithVoid();
    }
}
