package dev.claudebench.state;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;

import jakarta.enterprise.context.ApplicationScoped;

import org.jboss.logging.Logger;

import dev.claudebench.bench.BenchConfig;
import dev.claudebench.config.QuotaConfig;
import dev.claudebench.method.Bench;
import dev.claudebench.redis.Reply;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.Startup;
import io.quarkus.scheduler.Scheduled;
import io.quarkus.scheduler.common.runtime.util.SchedulerUtils;
import io.smallrye.mutiny.Uni;

/**
 * Exports the sizes of fleets as gauges and the totals of their events as counters, read from Redis at an interval: of the bench
 * {@code default} and the configured ones, since callers could invent any number of others. All replicas export the same.
 *
 * <p>While Redis cannot be read, a gauge is NaN: a stale value would look like an idle fleet. A counter keeps its last value,
 * since NaN would break rates, and catches up at the next read. A counter is registered at the first read, since Prometheus
 * would count a rise from 0 as an increase. It never decreases, even if Redis has lost its last writes, since Prometheus would
 * take that for a reset; replicas may differ after such a loss.
 */
@ApplicationScoped
@Startup
class FleetMetrics {
    private static final Logger LOG = Logger.getLogger(FleetMetrics.class);
    private static final List<String> STATUSES = List.of("scheduled", "blocked", "pending", "assigned",
            "in_progress", "dead");
    private static final List<String> OLDEST = List.of("pending", "assigned", "in_progress");
    /** What quotas limit, and how much of it a fleet may store. */
    private static final Map<String, ToDoubleFunction<QuotaConfig>> QUOTAS = Map.of("instances",
            QuotaConfig::instances, "tasks", QuotaConfig::tasks, "bytes", config -> config.bytes().asLongValue());
    /** The names of the totals in Redis, by type of event. */
    private static final Map<String, String> TOTALS = Map.of(
            "instance.registered", "registrations",
            "instance.unregistered", "unregistrations",
            "instance.expired", "expirations",
            "leader.elected", "elections",
            "task.created", "tasksCreated",
            "task.completed", "tasksCompleted",
            "task.failed", "tasksFailed",
            "task.dead", "tasksDied",
            "task.cancelled", "tasksCancelled");

    private final StateStore states;
    private final MeterRegistry registry;
    private final List<String> roles;
    private final List<Bench> benches;
    /** As of the last read; none for a bench that could not be read. */
    private final Map<Bench, Size> sizes = new ConcurrentHashMap<>();
    /** As of the last read of all. */
    private final Map<Counter, Long> totals = new ConcurrentHashMap<>();

    FleetMetrics(StateStore states, FleetMetricsConfig config, QuotaConfig quotas, BenchConfig benchConfig,
            MeterRegistry registry) {
        this.states = states;
        this.registry = registry;
        this.roles = List.copyOf(config.roles());
        this.benches = Stream.concat(Stream.of(Bench.DEFAULT), benchConfig.names().stream().flatMap(List::stream))
                .distinct()
                .toList();
        if (SchedulerUtils.isOff(config.refresh())) {
            // Gauges that are always NaN would look like an unreachable Redis.
            return;
        }
        benches.forEach(this::registerGauges);
        gauge("claudebench.benches", "Benches that have something, beside default", Bench.DEFAULT, Size::benches);
        QUOTAS.forEach((resource, limit) -> Gauge.builder("claudebench.quota.limit", quotas, limit)
                .description("How much of it the fleet may store")
                .tags("resource", resource)
                .register(registry));
    }

    private void registerGauges(Bench bench) {
        String[] tag = {"bench", bench.name()};
        gauge("claudebench.instances", "Live instances", bench, Size::instances, tag);
        gauge("claudebench.leaders", "1 if there is a leader, else 0", bench, Size::leaders, tag);
        gauge("claudebench.leader.term", "Term of the latest election, the fencing token", bench, Size::term, tag);
        gauge("claudebench.state.version", "Version of the global state", bench, Size::version, tag);
        OLDEST.forEach(status -> gauge("claudebench.tasks.oldest.seconds",
                "Time since the oldest task with a status is so, or in progress since its last report; 0 if there is none",
                bench, now -> now.oldest().getOrDefault(status, 0L) / 1000.0, "status", status, "bench", bench.name()));
        roles.forEach(role -> gauge("claudebench.instances.role",
                "Instances with a role, including dead ones until they are removed",
                bench, now -> now.roles().getOrDefault(role, 0L), "role", role, "bench", bench.name()));
        STATUSES.forEach(status -> gauge("claudebench.tasks", "Tasks by status", bench,
                now -> now.tasks().getOrDefault(status, 0L), "status", status, "bench", bench.name()));
        QUOTAS.keySet()
                .forEach(resource -> gauge("claudebench.quota.usage", "What the fleet stores of what quotas limit",
                        bench, now -> now.usage().getOrDefault(resource, 0L), "resource", resource, "bench",
                        bench.name()));
    }

    private void gauge(String name, String help, Bench bench, ToDoubleFunction<Size> value, String... tags) {
        Gauge.builder(name, () -> {
            Size now = sizes.get(bench);
            return now == null ? Double.NaN : value.applyAsDouble(now);
        }).description(help).tags(tags).register(registry);
    }

    private void update(Bench bench, Size read) {
        sizes.put(bench, read);
        TOTALS.forEach((type, field) -> {
            Counter counter = counter(type, bench);
            long total = read.totals().getOrDefault(field, 0L);
            Long last = totals.put(counter, total);
            double rise = total - (last == null ? 0 : last);
            counter.increment(Math.max(0, rise));
        });
    }

    private Counter counter(String type, Bench bench) {
        return Counter.builder("claudebench.fleet.events")
                .description("Events in the fleet since Redis was empty, by type")
                .tag("type", type)
                .tag("bench", bench.name())
                .register(registry);
    }

    /** Tasks by status, roles by name, usage of quotas, totals of events by field of {@code cb:metrics:global}; oldest by status, in ms. */
    record Size(long benches, long instances, long leaders, long term, long version, Map<String, Long> tasks,
            Map<String, Long> roles,
            Map<String, Long> oldest, Map<String, Long> usage, Map<String, Long> totals) {

        static Size from(Reply reply) {
            return new Size(reply.number("benches"), reply.number("instances"), reply.number("leader"),
                    reply.number("term"),
                    reply.number("version"), reply.field("tasks").numbers(), reply.field("roles").numbers(),
                    reply.field("oldest").numbers(), reply.field("usage").numbers(), reply.field("totals").numbers());
        }
    }

    @Scheduled(every = "{claudebench.metrics.refresh}", concurrentExecution = Scheduled.ConcurrentExecution.SKIP, skipExecutionIf = Scheduled.ApplicationNotRunning.class)
    Uni<Void> refresh() {
        return Uni.join().all(benches.stream().map(this::refresh).toList()).andCollectFailures().replaceWithVoid();
    }

    private Uni<Void> refresh(Bench bench) {
        return states.size(bench, roles)
                .invoke(read -> update(bench, read))
                .replaceWithVoid()
                .onFailure()
                .recoverWithItem(failure -> {
                    sizes.remove(bench);
                    LOG.debugf(failure, "Cannot read the size of the fleet: bench=%s", bench.name());
                    return null;
                });
    }
}
