package dev.claudebench.rpc;

import java.time.Duration;
import java.util.Arrays;
import java.util.Set;

import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;

import org.jspecify.annotations.Nullable;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.config.MeterFilter;
import io.micrometer.core.instrument.distribution.DistributionStatisticConfig;

/**
 * Keeps verbs that clients invent out of the metrics of HTTP. The setting {@code match-patterns} does so with paths. Adds what tells
 * these and other metrics, which all services of Quarkus have, from those of others.
 */
class HttpMetrics {
    private static final String REQUESTS = "http.server.requests";
    private static final DistributionStatisticConfig BUCKETS = DistributionStatisticConfig.builder()
            .serviceLevelObjectives(Arrays.stream(RpcMetrics.BUCKETS).mapToDouble(Duration::toNanos).toArray())
            .build();
    private static final Set<String> VERBS = Set.of("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS");

    /** Denies, because Micrometer remembers every tag that a filter replaces. */
    @Produces
    @Singleton
    MeterFilter knownVerbsOnly() {
        return MeterFilter.deny(HttpMetrics::isInvented);
    }

    @Produces
    @Singleton
    MeterFilter buckets() {
        return new MeterFilter() {
            @Override
            public @Nullable DistributionStatisticConfig configure(Meter.Id meter, DistributionStatisticConfig config) {
                return meter.getName().equals(REQUESTS) ? BUCKETS.merge(config) : config;
            }
        };
    }

    /** Metrics of ours say so by their names. */
    @Produces
    @Singleton
    MeterFilter application() {
        return new MeterFilter() {
            @Override
            public Meter.Id map(Meter.Id meter) {
                return meter.getName().startsWith("claudebench.")
                        ? meter
                        : meter.withTag(Tag.of("application", "claudebench"));
            }
        };
    }

    private static boolean isInvented(Meter.Id meter) {
        String verb = meter.getTag("method");
        return meter.getName().equals(REQUESTS) && verb != null && !VERBS.contains(verb);
    }
}
