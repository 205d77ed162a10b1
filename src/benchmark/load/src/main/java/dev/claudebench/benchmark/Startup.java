package dev.claudebench.benchmark;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
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
     * Starts of the floor and of the service in turns, on the same JVM.
     *
     * @param floor the time of each, sorted
     * @param service the same
     */
    record Starts(String jvm, List<Long> floor, List<Long> service) {
        Starts {
            floor = floor.stream().sorted().toList();
            service = service.stream().sorted().toList();
        }

        static long median(List<Long> millis) {
            return millis.get(millis.size() / 2);
        }

        double ratio() {
            return (double) median(service) / median(floor);
        }
    }

    /** How a JVM makes an archive of classes at the end of a run, and starts with it or fails. */
    private record Archive(String file, String making, List<String> using) {
        static final Archive OF_CLASSES = new Archive("classes.jsa", "-XX:ArchiveClassesAtExit=",
                List.of("-XX:SharedArchiveFile=", "-Xshare:on"));
        static final Archive AOT = new Archive("cache.aot", "-XX:AOTCacheOutput=",
                List.of("-XX:AOTCache=", "-XX:AOTMode=on"));

        List<String> options(Path made) {
            return List.of(using.get(0) + made, using.get(1));
        }
    }

    /** Starts both on this JVM and on the one of {@code benchmark.aot.java}, without and with an archive of classes. */
    void measure(Consumer<Starts> measured) {
        String java = ProcessHandle.current().info().command().orElseThrow();
        String name = "Java " + Runtime.version().feature();
        measured.accept(plain(name, java));
        measured.accept(archived(name + ", archive of classes", java, Archive.OF_CLASSES));
        String other = Settings.text("aot.java");
        if (!other.isEmpty()) {
            String otherName = "Java " + version(Path.of(other)).feature();
            measured.accept(plain(otherName, other));
            measured.accept(archived(otherName + ", AOT cache", other, Archive.AOT));
        }
    }

    /** Returns the version of a JDK, from the file that each has. */
    private static Runtime.Version version(Path java) {
        Properties release = new Properties();
        try (InputStream file = Files.newInputStream(java.toRealPath().resolveSibling("../release"))) {
            release.load(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return Runtime.Version.parse(release.getProperty("JAVA_VERSION").replace("\"", ""));
    }

    private Starts plain(String name, String java) {
        return compare(name, java, settings.floor(), List.of(), settings.service(), List.of());
    }

    private Starts archived(String name, String java, Archive archive) {
        return compare(name, java, settings.archivableFloor(), make(archive, java, settings.archivableFloor(), "floor"),
                settings.archivable(), make(archive, java, settings.archivable(), "service"));
    }

    private List<String> make(Archive archive, String java, Path jar, String program) {
        Path made = settings.target().resolve(program + "-" + archive.file());
        try {
            Files.deleteIfExists(made);
            train(java, archive.making() + made, jar);
            if (Files.size(made) == 0) {
                throw new IllegalStateException(made + " is empty");
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return archive.options(made);
    }

    /** Makes some calls; at the end of the run the JVM writes the archive. */
    private void train(String java, String making, Path jar) throws IOException {
        try (RedisProcess redis = new RedisProcess().start()) {
            int port = freePort();
            Process process = process(java, List.of(making), jar, redis.uri(), port);
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

    private Starts compare(String name, String java, Path floor, List<String> floorOptions, Path service,
            List<String> serviceOptions) {
        List<Long> floorMillis = new ArrayList<>();
        List<Long> serviceMillis = new ArrayList<>();
        try (RedisProcess redis = new RedisProcess().start()) {
            for (int start = 0; start < settings.starts(); start++) {
                floorMillis.add(start(java, floorOptions, floor, redis));
                serviceMillis.add(start(java, serviceOptions, service, redis));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new Starts(name, floorMillis, serviceMillis);
    }

    private long start(String java, List<String> options, Path jar, RedisProcess redis) throws IOException {
        redis.cli("FLUSHALL");
        redis.cli("SCRIPT", "FLUSH");
        int port = freePort();
        long begun = System.nanoTime();
        Process process = process(java, options, jar, redis.uri(), port);
        try {
            awaitRegistration(process, service(port), begun);
            return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun);
        } finally {
            process.destroyForcibly();
            process.onExit().join();
        }
    }

    private Process process(String java, List<String> options, Path jar, URI redis, int port) throws IOException {
        if (!Files.exists(jar)) {
            throw new IllegalStateException(jar + " is missing: src/benchmark/run makes it");
        }
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
