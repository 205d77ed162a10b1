package dev.claudebench.rpc;

import java.util.Set;

import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.config.MeterFilter;

/** Keeps verbs that clients invent out of the metrics of HTTP. The setting {@code ignore-patterns} does so with paths. */
class HttpMetrics {
    private static final Set<String> VERBS = Set.of("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS");

    /** Denies, because Micrometer remembers every tag that a filter replaces. */
    @Produces
    @Singleton
    MeterFilter knownVerbsOnly() {
        return MeterFilter.deny(HttpMetrics::isInvented);
    }

    private static boolean isInvented(Meter.Id meter) {
        String verb = meter.getTag("method");
        return meter.getName().equals("http.server.requests") && verb != null && !VERBS.contains(verb);
    }
}
