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
 * The fleet's size as gauges, and what has happened in it as counters; every replica shows the same fleet. A gauge cannot wait for
 * Redis, so it shows what was read last; while Redis does not answer it shows nothing (NaN), since an old number would look like
 * a fleet at rest. A counter goes on showing what was read last, since a NaN would spoil every rate over it, and since nothing is
 * lost so: the next number that is read has what happened meanwhile. It never falls, though Redis may forget its last writes: that
 * would be taken for a new beginning, and all that it shows for news. Replicas may differ in it from then on. Before anything was read there is no counter, for one that
 * began at 0 would seem to rise by all that ever happened.
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
    /** The totals that Redis keeps, by the type of the events that they count. */
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
            // a NaN for good would look like a Redis that cannot be read
            return;
        }
        gauge(INSTANCES, "Instances alive", FleetSize::instances).register(registry);
        gauge(LEADERS, "1 while there is a leader, else 0", FleetSize::leaders).register(registry);
        gauge(TERM, "Term of the newest election: the fencing token", FleetSize::term).register(registry);
        gauge(VERSION, "Version of the global state", FleetSize::version).register(registry);
        gauge(PENDING_AGE, "Age of the pending task that is to be given out next; 0 with none pending",
                now -> now.pendingAge().toMillis() / 1000.0)
                .baseUnit("seconds")
                .register(registry);
        for (String role : roles) {
            gauge(INSTANCES_BY_ROLE, "Instances that have a role, those that died included until they are cleared away",
                    now -> now.roles().getOrDefault(role, 0L))
                    .tag("role", role)
                    .register(registry);
        }
        for (String status : STATUSES) {
            gauge(TASKS, "Tasks in a status", now -> now.tasks().getOrDefault(status, 0L))
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

    private void remember(FleetSize read) {
        size = read;
        TOTALS.forEach((type, field) -> {
            long total = read.totals().getOrDefault(field, 0L);
            Total counted = totals.get(type);
            if (counted == null) {
                totals.put(type, count(type, total));
            } else {
                counted.update(total);
            }
        });
    }

    private Total count(String type, long first) {
        Total total = new Total(first);
        FunctionCounter.builder(EVENTS, total, Total::shown)
                .description("What has happened in the fleet, by type of event; kept in Redis")
                .tag("type", type)
                .register(registry);
        return total;
    }

    /** A total of Redis that never falls. */
    private static final class Total {
        private long last;
        private long shown;

        Total(long first) {
            last = first;
            shown = first;
        }

        synchronized void update(long now) {
            shown += Math.max(0, now - last);
            last = now;
        }

        synchronized long shown() {
            return shown;
        }
    }

    @Scheduled(every = "{claudebench.metrics.refresh}", concurrentExecution = Scheduled.ConcurrentExecution.SKIP)
    Uni<Void> refresh() {
        return states.size(roles)
                .invoke(this::remember)
                .onFailure()
                .invoke(failure -> {
                    size = null;
                    LOG.debug("the fleet's size could not be read", failure);
                })
                .onFailure()
                .recoverWithNull()
                .replaceWithVoid();
    }
}
