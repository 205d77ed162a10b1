package dev.claudebench.benchmark;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.IntStream;

import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;

import com.fasterxml.jackson.databind.json.JsonMapper;

/** Counts calls and keeps the latencies of those that count, in microseconds. Any thread may add to it. */
final class Latencies {
    /** The name of all calls together. */
    static final String ALL = "all";

    private static final JsonMapper JSON = new JsonMapper();
    private static final int DIGITS = 3;

    private final Map<String, Histogram> histograms = new ConcurrentHashMap<>();
    private final Map<Integer, LongAdder> rounds = new ConcurrentHashMap<>();
    private final LongAdder requests = new LongAdder();
    private final LongAdder errors = new LongAdder();

    /**
     * The calls to one program.
     *
     * @param requests all calls, the warm-up included
     * @param errors how many of them got no result
     * @param summaries the calls that count, by name
     * @param rounds how many calls count in each round
     */
    record Tally(long requests, long errors, Map<String, Summary> summaries, List<Long> rounds) {
        Tally {
            summaries = Map.copyOf(summaries);
            rounds = List.copyOf(rounds);
        }

        /** All calls that count. */
        Summary all() {
            return summary(ALL);
        }

        /** The calls of one name. */
        Summary summary(String name) {
            Summary summary = summaries.get(name);
            if (summary == null) {
                throw new IllegalStateException("no call counts: " + name);
            }
            return summary;
        }
    }

    /** The calls of one load, by program. */
    record Tallies(List<Tally> programs) {
        Tallies {
            programs = List.copyOf(programs);
        }

        long errors() {
            return programs.stream().mapToLong(Tally::errors).sum();
        }

        static Tallies read(Path file) {
            try {
                return JSON.readValue(file.toFile(), Tallies.class);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        void write(Path file) {
            try {
                Files.createDirectories(file.toAbsolutePath().getParent());
                JSON.writeValue(file.toFile(), this);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /**
     * The latencies of the calls of one name, in microseconds.
     *
     * @param calls how many calls
     */
    record Summary(long calls, long p50, long p95, long p99, long p999, long max, double mean) {}

    /** Counts a call. */
    void count(boolean error) {
        requests.increment();
        if (error) {
            errors.increment();
        }
    }

    /** Adds a call that counts in this round. */
    void add(String name, int round, long nanos) {
        add(name, nanos);
        rounds.computeIfAbsent(round, key -> new LongAdder()).increment();
    }

    /** Adds a call that counts. */
    void add(String name, long nanos) {
        long micros = TimeUnit.NANOSECONDS.toMicros(nanos);
        histogram(ALL).recordValue(micros);
        if (!name.equals(ALL)) {
            histogram(name).recordValue(micros);
        }
    }

    Map<String, Summary> summaries() {
        Map<String, Summary> summaries = new TreeMap<>();
        histograms.forEach((name, histogram) -> summaries.put(name, summary(histogram)));
        return summaries;
    }

    /** All calls that count. */
    Summary all() {
        return summary(histogram(ALL));
    }

    /** The calls after so many rounds. */
    Tally tally(int roundsThatCount) {
        List<Long> calls = IntStream.range(0, roundsThatCount)
                .mapToObj(round -> rounds.getOrDefault(round, new LongAdder()).sum())
                .toList();
        return new Tally(requests.sum(), errors.sum(), summaries(), calls);
    }

    private Histogram histogram(String name) {
        return histograms.computeIfAbsent(name, key -> new ConcurrentHistogram(DIGITS));
    }

    private static Summary summary(Histogram histogram) {
        return new Summary(histogram.getTotalCount(), histogram.getValueAtPercentile(50),
                histogram.getValueAtPercentile(95), histogram.getValueAtPercentile(99),
                histogram.getValueAtPercentile(99.9), histogram.getMaxValue(), histogram.getMean());
    }
}
