package dev.claudebench.redis;

import java.util.stream.IntStream;

import jakarta.enterprise.context.ApplicationScoped;

import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.HealthCheckResponseBuilder;
import org.eclipse.microprofile.health.Readiness;
import org.jboss.logging.Logger;

import dev.claudebench.method.Bench;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.smallrye.health.api.AsyncHealthCheck;
import io.smallrye.mutiny.Uni;

/**
 * Up while Redis, or some shard of a Cluster, runs a script that writes, which a PING does not check. Also warns of a Redis that may evict keys: it serves calls,
 * but loses instances and tasks when it is full.
 */
@Readiness
@ApplicationScoped
class ReadinessCheck implements AsyncHealthCheck {
    static final String EVICTION = "claudebench.redis.eviction.enabled";
    private static final Logger LOG = Logger.getLogger(ReadinessCheck.class);
    private static final Script SCRIPT = Script.named("readiness");
    private static final String NO_EVICTION = "noeviction";

    /** Names of benches, enough to be on several shards. */
    private static final int PROBES = 8;

    private final Scripts scripts;
    private final Shards shards;
    private final Addresses addresses;
    /** Redis's {@code maxmemory-policy}, empty while unknown. */
    private volatile String evictionPolicy = "";
    /** Its name and version, empty while unknown. */
    private volatile String server = "";

    ReadinessCheck(Scripts scripts, Shards shards, Addresses addresses, MeterRegistry registry) {
        this.scripts = scripts;
        this.shards = shards;
        this.addresses = addresses;
        Gauge.builder(EVICTION, this::eviction)
                .description("1 if Redis may evict keys when it is full, 0 if its maxmemory-policy is noeviction")
                .register(registry);
    }

    @Override
    public Uni<HealthCheckResponse> call() {
        HealthCheckResponseBuilder response = HealthCheckResponse.named("redis-scripts");
        return probe().map(reply -> evicts() ? response.up().withData("warning", warning()) : response.up())
                .onFailure(failure -> shards.areMany())
                .recoverWithUni(failure -> probeOthers()
                        .map(reply -> response.up().withData("warning", RedisFailures.reason(failure)))
                        .onFailure()
                        .transform(others -> failure))
                .onFailure()
                .recoverWithItem(failure -> response.down().withData("reason", RedisFailures.reason(failure)))
                .map(HealthCheckResponseBuilder::build);
    }

    /** Succeeds if some other shard of a Redis Cluster serves its benches, which must not suffer from one that does not. */
    private Uni<Reply> probeOthers() {
        return Uni.join()
                .first(IntStream.range(0, PROBES)
                        .mapToObj(i -> scripts.run(SCRIPT, new Bench("readiness-" + i)))
                        .toList())
                .withItem();
    }

    /** Runs the script. Logs which server replies when that has changed, and a warning when the policy is now one that evicts keys. */
    Uni<Reply> probe() {
        return scripts.run(SCRIPT, Bench.DEFAULT).invoke(reply -> {
            if (!reply.text("server").equals(server)) {
                server = reply.text("server");
                LOG.infof("Redis at %s is %s", addresses, server);
            }
            String before = evictionPolicy;
            evictionPolicy = reply.text("evictionPolicy");
            if (evicts() && !evictionPolicy.equals(before)) {
                LOG.warn(warning());
            }
        });
    }

    private boolean evicts() {
        return !evictionPolicy.isEmpty() && !evictionPolicy.equals(NO_EVICTION);
    }

    private String warning() {
        return "Redis deletes keys when it is full, and instances and tasks with them: its maxmemory-policy is "
                + evictionPolicy + ", set maxmemory-policy " + NO_EVICTION;
    }

    private double eviction() {
        if (evictionPolicy.isEmpty()) {
            return Double.NaN;
        }
        return evicts() ? 1 : 0;
    }
}
