package dev.claudebench.deploy;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import org.junit.jupiter.api.Assumptions;

/** The programs of Prometheus: those on PATH, else those that {@code .ci/prometheus} has unpacked. */
final class PrometheusTools {
    private static final Path UNPACKED = Path.of("target", "prometheus", "usr", "bin");
    private static final int TIMEOUT_SECONDS = 60;

    record Outcome(int exitCode, String output) {}

    private PrometheusTools() {}

    /** Returns the path of a program. If it is missing, fails on CI, and skips the test elsewhere. */
    static String program(String name) {
        return Stream
                .concat(Stream.of(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator)).map(Path::of),
                        Stream.of(UNPACKED))
                .map(folder -> folder.resolve(name))
                .filter(Files::isExecutable)
                .map(Path::toString)
                .findFirst()
                .orElseGet(() -> missing(name));
    }

    private static String missing(String name) {
        String message = "There is no " + name + " here. Install Debian's package `prometheus`, or run .ci/prometheus";
        if (System.getenv("CI") != null) {
            throw new AssertionError(message);
        }
        // The report of skipped tests does not include the reason.
        System.err.println(message);
        return Assumptions.abort(message);
    }

    static Outcome promtool(Path input, String... arguments) {
        List<String> command = new ArrayList<>(List.of(program("promtool")));
        command.addAll(List.of(arguments));
        try {
            Path output = Files.createTempFile("promtool", ".txt");
            Process process = new ProcessBuilder(command).redirectErrorStream(true)
                    .redirectInput(input.toFile())
                    .redirectOutput(output.toFile())
                    .start();
            try {
                if (!process.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
                    throw new IllegalStateException("promtool does not exit");
                }
                return new Outcome(process.exitValue(), Files.readString(output));
            } finally {
                process.destroyForcibly();
                Files.delete(output);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
