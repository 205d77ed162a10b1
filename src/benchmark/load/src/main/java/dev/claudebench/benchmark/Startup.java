package dev.claudebench.benchmark;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

import dev.claudebench.support.RedisProcess;

/** The time from the start of a program to its response to the first registration, in milliseconds. */
final class Startup {
    private static final int ROUNDS = 5;
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(1);
    private static final long PATIENCE_NANOS = TimeUnit.MINUTES.toNanos(1);

    private final Settings settings;

    Startup(Settings settings) {
        this.settings = settings;
    }

    /**
     * Several starts of one package.
     *
     * @param millis the time of each, sorted
     */
    record Starts(String name, List<Long> millis) {
        Starts {
            millis = millis.stream().sorted().toList();
        }

        long median() {
            return millis.get(millis.size() / 2);
        }
    }

    /** Starts the floor, the service, and the service with an archive of classes and with an AOT cache, if it was packaged for them. */
    void measure(Consumer<Starts> measured) {
        String java = ProcessHandle.current().info().command().orElseThrow();
        measured.accept(measure("floor", java, List.of(), settings.floor()));
        measured.accept(measure("JVM", java, List.of(), settings.service()));
        if (Files.exists(settings.archivable())) {
            Path classes = settings.target().resolve("classes.jsa");
            measured.accept(archived("JVM with an archive of classes", java, classes,
                    "-XX:ArchiveClassesAtExit=" + classes, "-XX:SharedArchiveFile=" + classes, "-Xshare:on"));
            String aotJava = Settings.text("aot.java");
            if (!aotJava.isEmpty()) {
                Path cache = settings.target().resolve("cache.aot");
                measured.accept(archived("JVM with an AOT cache", aotJava, cache, "-XX:AOTCacheOutput=" + cache,
                        "-XX:AOTCache=" + cache, "-XX:AOTMode=on"));
            }
        }
    }

    /** @param using the options that start with the archive, or fail */
    private Starts archived(String name, String java, Path archive, String making, String... using) {
        try {
            Files.deleteIfExists(archive);
            train(java, making);
            if (Files.size(archive) == 0) {
                throw new IllegalStateException(archive + " is empty");
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return measure(name, java, List.of(using), settings.archivable());
    }

    /** Makes some calls; at the end of the run the JVM writes the archive. */
    private void train(String java, String making) throws IOException {
        try (RedisProcess redis = new RedisProcess().start()) {
            int port = freePort();
            Process process = process(java, List.of(making), settings.archivable(), redis.uri(), port);
            try {
                awaitRegistration(process, service(port), System.nanoTime());
                Calls calls = new Calls(1);
                try (OneClient client = new OneClient(service(port))) {
                    client.call(calls.register("trainee", "worker"));
                    for (int round = 0; round < ROUNDS; round++) {
                        client.call(calls.register());
                        client.call(calls.heartbeat("trainee"));
                        client.call(calls.create());
                        client.call(calls.claim("trainee"));
                    }
                }
                process.destroy();
                process.onExit().orTimeout(PATIENCE_NANOS, TimeUnit.NANOSECONDS).join();
            } finally {
                process.destroyForcibly();
            }
        }
    }

    private Starts measure(String name, String java, List<String> options, Path jar) {
        List<Long> millis = new ArrayList<>();
        try (RedisProcess redis = new RedisProcess().start()) {
            for (int start = 0; start < settings.starts(); start++) {
                redis.cli("FLUSHALL");
                redis.cli("SCRIPT", "FLUSH");
                millis.add(TimeUnit.NANOSECONDS.toMillis(start(java, options, jar, redis.uri())));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new Starts(name, millis);
    }

    private long start(String java, List<String> options, Path jar, URI redis) throws IOException {
        int port = freePort();
        long begun = System.nanoTime();
        Process process = process(java, options, jar, redis, port);
        try {
            awaitRegistration(process, service(port), begun);
            return System.nanoTime() - begun;
        } finally {
            process.destroyForcibly();
            process.onExit().join();
        }
    }

    private Process process(String java, List<String> options, Path jar, URI redis, int port) throws IOException {
        List<String> command = new ArrayList<>(List.of(java));
        command.addAll(List.of(settings.jvm().strip().split(" +")));
        command.addAll(options);
        command.addAll(List.of("-Dquarkus.http.port=" + port, "-Dquarkus.redis.hosts=" + redis, "-jar",
                jar.getFileName().toString()));
        return new ProcessBuilder(command).redirectErrorStream(true)
                // an archive is valid for the same text of the class path only
                .directory(jar.toAbsolutePath().resolveSibling("").toFile())
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
    }

    private static URI service(int port) {
        return URI.create("http://" + InetAddress.getLoopbackAddress().getHostAddress() + ":" + port);
    }

    private static void awaitRegistration(Process process, URI service, long begun) {
        String body = new Calls(1).register();
        while (process.isAlive() && System.nanoTime() - begun < PATIENCE_NANOS) {
            try (OneClient client = new OneClient(service)) {
                client.call(body);
                return;
            } catch (IOException e) {
                LockSupport.parkNanos(PAUSE_NANOS);
            }
        }
        throw new IllegalStateException("the service does not start");
    }

    static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
