package dev.claudebench.redis;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

import jakarta.annotation.PreDestroy;
import jakarta.inject.Singleton;

import org.jboss.logging.Logger;

import dev.claudebench.method.Bench;
import dev.claudebench.method.Json;
import io.quarkus.scheduler.Scheduled;

/**
 * Logs elections, expired instances and dead tasks, which the replies of scripts report. Losses are one line a second for each bench,
 * so that a fleet that dies does not fill the log.
 */
@Singleton
class FleetLog {
    private static final Logger LOG = Logger.getLogger(FleetLog.class);
    private static final int MAX_IDS = 10;

    private final Map<Bench, Losses> losses = new ConcurrentHashMap<>();

    private record Losses(List<String> expired, List<String> dead) {

        Losses plus(Losses more) {
            return new Losses(join(expired, more.expired), join(dead, more.dead));
        }

        private static List<String> join(List<String> first, List<String> second) {
            return Stream.concat(first.stream(), second.stream()).toList();
        }
    }

    /** @param news what a run reports, as {@code lua/step/run_calls.lua} describes it */
    void add(Bench bench, Reply news) {
        if (news.has("leader")) {
            LOG.infof("leader elected: bench=%s id=%s term=%d", bench.name(), Json.logText(news.text("leader")),
                    news.number("term"));
        }
        losses.merge(bench, new Losses(news.texts("expired"), news.texts("dead")), Losses::plus);
    }

    @Scheduled(every = "1s")
    @PreDestroy
    void writeLosses() {
        losses.keySet().forEach(this::writeLosses);
    }

    private void writeLosses(Bench bench) {
        Losses lost = losses.remove(bench);
        if (lost != null) {
            write(Logger.Level.INFO, "instances expired", bench, lost.expired);
            write(Logger.Level.WARN, "tasks dead", bench, lost.dead);
        }
    }

    /** Names the first of the lost. */
    private static void write(Logger.Level level, String what, Bench bench, List<String> ids) {
        if (!ids.isEmpty()) {
            LOG.logf(level, "%s: bench=%s count=%d ids=%s", what, bench.name(), ids.size(),
                    Json.logText(ids.subList(0, Math.min(ids.size(), MAX_IDS))));
        }
    }
}
