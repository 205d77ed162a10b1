package dev.claudebench.benchmark;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Runs Gatling in a JVM of its own, once for each load, and keeps its report. */
final class Driver {
    private static final int MINUTES_MORE = 5;
    /** Gatling's exit code when calls failed. */
    private static final int ASSERTION_FAILED = 2;

    private final Path target;

    Driver(Path target) {
        this.target = target;
    }

    /**
     * The outcome of a load.
     *
     * @param tallies the calls
     * @param report the folder of Gatling's report, below {@code target}
     */
    record Outcome(Latencies.Tallies tallies, String report) {}

    /**
     * Drives a load and returns when the report is written.
     *
     * @param run the folder of the report
     */
    Outcome drive(String run, Load load) {
        Path reports = target.resolve("gatling").resolve(run);
        Path latencies = target.resolve("latencies").resolve(run + ".json");
        Path log = reports.resolve("driver.log");
        try {
            Files.createDirectories(reports);
            Process gatling = new ProcessBuilder(command(load, latencies, reports))
                    .redirectErrorStream(true)
                    .redirectOutput(log.toFile())
                    .start();
            Thread lastResort = new Thread(gatling::destroyForcibly);
            Runtime.getRuntime().addShutdownHook(lastResort);
            long minutes = load.plan().total().toMinutes() + MINUTES_MORE;
            if (!gatling.waitFor(minutes, TimeUnit.MINUTES)) {
                gatling.destroyForcibly();
                throw new IllegalStateException("Gatling does not end; see " + log);
            }
            Runtime.getRuntime().removeShutdownHook(lastResort);
            Latencies.Tallies tallies = Latencies.Tallies.read(latencies);
            if (gatling.exitValue() != (tallies.errors() == 0 ? 0 : ASSERTION_FAILED)) {
                throw new IllegalStateException("Gatling failed; see " + log);
            }
            return new Outcome(tallies, report(reports));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static List<String> command(Load load, Path latencies, Path reports) {
        List<String> command = new ArrayList<>(List.of(ProcessHandle.current().info().command().orElseThrow(),
                "-Xms1g", "-Xmx1g", "-XX:+UseParallelGC", "--add-opens=java.base/java.lang=ALL-UNNAMED",
                "-cp", System.getProperty("java.class.path")));
        command.addAll(load.options());
        command.addAll(List.of("-Dload.latencies=" + latencies, "io.gatling.app.Gatling", "--simulation",
                LoadSimulation.class.getName(),
                "--results-folder", reports.toString(), "--run-description", load.title()));
        return command;
    }

    private String report(Path reports) throws IOException {
        try (Stream<Path> runs = Files.list(reports)) {
            return target.relativize(runs.filter(Files::isDirectory).max(Comparator.naturalOrder()).orElseThrow())
                    .toString();
        }
    }
}
