package dev.claudebench.support;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import org.jspecify.annotations.NullMarked;
import org.jspecify.annotations.Nullable;

/** The packaged service in a separate process, on a free port. */
@NullMarked
public final class ServiceProcess implements AutoCloseable {
    private static final Duration TIMEOUT = Duration.ofSeconds(60);
    private static final Pattern LISTENING = Pattern.compile("Listening on: (https?://[^\\s\"]+)");
    private static final Pattern LISTENING_TLS = Pattern.compile(" and https://([^\\s\"]+)");
    private static final HttpClient HTTP = HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();

    private final Path log;
    private final Process process;
    private final Thread shutdownHook;
    private @Nullable URI base;

    private ServiceProcess(List<String> command, Map<String, String> environment) {
        this(Path.of(""), command, environment);
    }

    private ServiceProcess(Path folder, List<String> command, Map<String, String> environment) {
        try {
            log = Files.createTempFile("service", ".log");
            ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toAbsolutePath().toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(log.toFile());
            builder.environment().putAll(environment);
            process = builder.start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        shutdownHook = new Thread(process::destroyForcibly);
        Runtime.getRuntime().addShutdownHook(shutdownHook);
    }

    /**
     * Starts the service without waiting until it is ready: the native executable if the build makes one, else the JAR.
     *
     * @param options options that both accept, such as {@code -Dname=value}
     */
    public static ServiceProcess launch(String... options) {
        return launch(Map.of(), options);
    }

    /** The same with more environment variables. */
    public static ServiceProcess launch(Map<String, String> environment, String... options) {
        String executable = System.getProperty("claudebench.executable", "");
        return executable.isEmpty()
                ? launchJar(Path.of(System.getProperty("claudebench.jar")), environment, options)
                : new ServiceProcess(command(List.of(executable), options), environment);
    }

    /** Starts the service from another JAR, without waiting until it is ready. */
    public static ServiceProcess launchJar(Path jar, String... options) {
        return launchJar(jar, Map.of(), options);
    }

    /** Starts the service by a command of the shell in a folder, without waiting until it is ready. */
    public static ServiceProcess launchCommand(Path folder, String command, Map<String, String> environment) {
        return new ServiceProcess(folder, List.of("bash", "-c", command), environment);
    }

    private static ServiceProcess launchJar(Path jar, Map<String, String> environment, String... options) {
        List<String> java = new ArrayList<>();
        java.add(ProcessHandle.current().info().command().orElseThrow());
        java.addAll(List.of(System.getProperty("claudebench.jvm").split(" ")));
        List<String> command = command(java, options);
        command.addAll(List.of("-jar", jar.toString()));
        return new ServiceProcess(command, environment);
    }

    private static List<String> command(List<String> program, String... options) {
        List<String> command = new ArrayList<>(program);
        command.add("-Dquarkus.http.port=0");
        command.addAll(List.of(options));
        return command;
    }

    /** Starts the service and waits until it is ready. */
    public static ServiceProcess start(String... options) {
        return launch(options).awaitReady();
    }

    /** Waits until the service is ready. Kills it and fails if it does not become ready. */
    public ServiceProcess awaitReady() {
        try {
            await("service to be ready").atMost(TIMEOUT)
                    .failFast("service has exited", () -> !process.isAlive())
                    .until(this::isReady);
        } catch (RuntimeException | Error e) {
            e.addSuppressed(new IllegalStateException("log of the service:\n" + log()));
            close();
            throw e;
        }
        return this;
    }

    /** Waits until the service exits, and returns its exit code. */
    public int awaitExit() {
        return awaitExit(TIMEOUT);
    }

    /** Waits until the service exits, and returns its exit code. Fails after the timeout. */
    public int awaitExit(Duration timeout) {
        try {
            if (!process.waitFor(timeout.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new IllegalStateException("service does not exit; its log:\n" + log());
            }
            return process.exitValue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** Returns the base URI, such as {@code http://127.0.0.1:40123}. */
    public URI base() {
        if (base == null) {
            Matcher line = LISTENING.matcher(log());
            if (!line.find()) {
                throw new IllegalStateException("service does not listen yet");
            }
            base = URI.create(line.group(1));
        }
        return base;
    }

    /** Returns host and port of HTTPS, such as {@code 127.0.0.1:40124}, of a service that serves HTTP, too. */
    public String tlsAuthority() {
        return LISTENING_TLS.matcher(log()).results().findFirst().orElseThrow().group(1);
    }

    /** Returns the peak resident memory (VmHWM) in MiB. Linux only. */
    public long peakResidentMebibytes() {
        return status("VmHWM") / 1024;
    }

    /** Returns the resident memory (VmRSS) in MiB. Linux only. */
    public long residentMebibytes() {
        return status("VmRSS") / 1024;
    }

    /** Returns the number of threads. Linux only. */
    public long threads() {
        return status("Threads");
    }

    /** Returns the number of open files and connections. Linux only. */
    public long openFiles() {
        try (Stream<Path> files = Files.list(Path.of("/proc", Long.toString(process.pid()), "fd"))) {
            return files.count();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private long status(String name) {
        try {
            String status = Files.readString(Path.of("/proc", Long.toString(process.pid()), "status"));
            Matcher value = Pattern.compile(name + ":\\s+(\\d+)").matcher(status);
            if (!value.find()) {
                throw new IllegalStateException("no " + name + " in " + status);
            }
            return Long.parseLong(value.group(1));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns the output so far. */
    public String log() {
        try {
            return Files.readString(log);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Sends SIGTERM, and waits until the service exits. */
    public void stop() {
        terminate();
        awaitExit();
    }

    /** Sends SIGTERM, without waiting. */
    public void terminate() {
        process.destroy();
    }

    /** Kills the service with SIGKILL, like a crash. */
    public void kill() {
        process.destroyForcibly();
        awaitExit();
    }

    @Override
    public void close() {
        kill();
        Runtime.getRuntime().removeShutdownHook(shutdownHook);
        try {
            Files.deleteIfExists(log);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private boolean isReady() throws InterruptedException {
        if (!LISTENING.matcher(log()).find()) {
            return false;
        }
        try {
            HttpRequest request = HttpRequest.newBuilder(base().resolve("/q/health/ready"))
                    .timeout(Duration.ofSeconds(5))
                    .build();
            return HTTP.send(request, HttpResponse.BodyHandlers.discarding()).statusCode() == 200;
        } catch (IOException e) {
            return false;
        }
    }
}
