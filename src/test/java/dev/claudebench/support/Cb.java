package dev.claudebench.support;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.NullMarked;

/** The command line: the script {@code bin/cb} with the packaged program, or the native executable if the build makes one. */
@NullMarked
public final class Cb {
    private static final Duration TIMEOUT = Duration.ofSeconds(60);

    private final Path folder;
    private final Map<String, String> environment;

    /** @param folder where the commands run, and their output is kept */
    public Cb(Path folder, URI service) {
        this(folder, Map.of("CLAUDEBENCH_URL", service.toString()));
    }

    private Cb(Path folder, Map<String, String> environment) {
        this.folder = folder;
        this.environment = environment;
    }

    /** Returns the same with another variable. */
    public Cb with(String variable, String value) {
        Map<String, String> more = new HashMap<>(environment);
        more.put(variable, value);
        return new Cb(folder, more);
    }

    /** Runs a command until its end. */
    public Run run(String... arguments) {
        Run run = start(arguments);
        run.awaitExit();
        return run;
    }

    public Run start(String... arguments) {
        String executable = System.getProperty("claudebench.executable", "");
        List<String> command = new ArrayList<>(
                List.of(executable.isEmpty() ? Path.of("bin/cb").toAbsolutePath().toString() : executable));
        command.addAll(List.of(arguments));
        return start(command);
    }

    /** Starts any program in this environment, with {@code cb} on its path. */
    public Run start(List<String> command) {
        try {
            Path out = Files.createTempFile(folder, "cb", ".out");
            Path err = Files.createTempFile(folder, "cb", ".err");
            ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile())
                    .redirectOutput(out.toFile())
                    .redirectError(err.toFile());
            builder.environment().keySet().removeIf(name -> name.startsWith("CLAUDEBENCH_"));
            builder.environment().putAll(environment);
            builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
            builder.environment()
                    .put("CB_HOME", Path.of(System.getProperty("claudebench.jar")).resolveSibling("").toString());
            builder.environment()
                    .merge("PATH", Path.of("bin").toAbsolutePath().toString(), (path, bin) -> bin + ":" + path);
            return new Run(builder.start(), out, err);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A command that runs, or has run. */
    public record Run(Process process, Path outFile, Path errFile) implements AutoCloseable {
        /** Returns the exit code, once the command has ended. */
        public int awaitExit() {
            try {
                assertThat(process.waitFor(TIMEOUT.toSeconds(), TimeUnit.SECONDS)).as("ends: %s", err()).isTrue();
                return process.exitValue();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException(e);
            } finally {
                close();
            }
        }

        public String out() {
            return read(outFile);
        }

        public String err() {
            return read(errFile);
        }

        /** Asserts how the command has ended. */
        public Run exits(int code) {
            assertThat(awaitExit()).as("exit code; output %s; errors %s", out(), err()).isEqualTo(code);
            return this;
        }

        /** Asserts that the command has been refused with one line, which contains these words. */
        public void refuses(int code, String... words) {
            exits(code);
            assertThat(out()).isEmpty();
            assertThat(err()).startsWith("cb: ").contains(words).hasLineCount(1);
        }

        private static String read(Path file) {
            try {
                return Files.readString(file);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        public void close() {
            process.destroyForcibly();
        }
    }
}
