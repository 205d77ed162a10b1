package dev.claudebench.benchmark;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

import com.fasterxml.jackson.databind.json.JsonMapper;

/** All that was measured, as a page and as JSON. */
final class Results {
    private static final JsonMapper JSON = new JsonMapper();

    private final Settings settings;
    private final Machine machine = Machine.read();
    private final List<Measurement> measurements = new ArrayList<>();

    Results(Settings settings) {
        this.settings = settings;
    }

    void add(Measurement measurement) {
        measurements.add(measurement);
    }

    /** Answers without a result in all of them. */
    long errors() {
        return measurements.stream().mapToLong(Measurement::errors).sum();
    }

    /** Writes {@code results.md} and {@code results.json}, again whenever there is more. */
    void write() {
        try {
            Files.createDirectories(settings.target());
            Files.writeString(settings.target().resolve("results.md"), markdown());
            JSON.writerWithDefaultPrettyPrinter()
                    .writeValue(settings.target().resolve("results.json").toFile(), values());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    String markdown() {
        StringBuilder page = new StringBuilder("# Results\n\n");
        machine.facts()
                .forEach((name, value) -> page.append("- ")
                        .append(name)
                        .append(": ")
                        .append(value)
                        .append('\n'));
        page.append(
                text("- each load: %d s until all is warm, then %d s that count%n- JVM of service and floor: `%s`%n",
                        settings.warmup().toSeconds(), settings.measured().toSeconds(), settings.jvm()));
        loads(page);
        return page.toString();
    }

    private void loads(StringBuilder page) {
        if (measurements.isEmpty()) {
            return;
        }
        page.append(
                """

                ## Load

                Latencies and the time of Redis are in µs, for one request. “of floor” compares with the floor at as many
                connections.

                | case | connections | requests/s | of floor | p50 | p95 | p99 | p99 of floor | errors | Redis | a script | peak MiB |
                |---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|
                """);
        for (Measurement one : measurements) {
            Latencies.Summary all = one.all();
            Optional<Measurement> floor = floor(one);
            page.append(text(
                    "| [%s](%s/index.html) | %s | %,.0f | %s | %,d | %,d | %,d | %s | %d | %.1f | %.1f | %d |%n",
                    one.name(), one.report(), one.connections() == 0 ? "open" : one.connections(), one.perSecond(),
                    floor.map(other -> text("%.2f", one.perSecond() / other.perSecond())).orElse(""), all.p50(),
                    all.p95(), all.p99(),
                    floor.map(other -> text("%.1f", (double) all.p99() / other.all().p99())).orElse(""), one.errors(),
                    one.redisMicros(), one.redisMicrosPerScript(), one.peakMebibytes()));
            parts(page, one);
        }
    }

    /** The calls of a case that makes different ones. */
    private void parts(StringBuilder page, Measurement one) {
        one.latencies()
                .entrySet()
                .stream()
                .filter(part -> one.latencies().size() > 2 && !part.getKey().equals(Latencies.ALL))
                .sorted(Map.Entry.comparingByKey())
                .forEach(part -> page.append(text("| – %s | | %,.0f | | %,d | %,d | %,d | | | | | |%n", part.getKey(),
                        part.getValue().calls() * 1000.0 / settings.measured().toMillis(), part.getValue().p50(),
                        part.getValue().p95(), part.getValue().p99())));
    }

    private Optional<Measurement> floor(Measurement one) {
        return measurements.stream()
                .filter(other -> other.name().equals(Case.FLOOR.label()) && !one.name().equals(other.name())
                        && other.connections() == one.connections())
                .findFirst();
    }

    private Map<String, Object> values() {
        Map<String, Object> values = new LinkedHashMap<>();
        values.put("machine", machine.facts());
        values.put("jvm", settings.jvm());
        values.put("warmupSeconds", settings.warmup().toSeconds());
        values.put("measuredSeconds", settings.measured().toSeconds());
        values.put("loads", measurements);
        return values;
    }

    private static String text(String format, Object... values) {
        return String.format(Locale.ROOT, format, values);
    }
}
