package dev.claudebench.benchmark;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import dev.claudebench.support.FleetFiller;
import dev.claudebench.support.FleetFiller.Fleet;
import dev.claudebench.support.RedisProcess;
import dev.claudebench.support.ServiceProcess;

/** A Redis and a program in front of it, a service or the floor, on free ports. */
final class Stand implements AutoCloseable {
    /** A service that is called with {@link #KEY}. */
    static final String WITH_KEY = "with a key";
    static final String KEY = "cb_benchmark_0123456789abcdef0123456789abcdef";
    private static final String PREFIX = "cb:";
    /** Never reached, but every call is counted. */
    private static final int UNREACHED = 100_000_000;
    private static final List<String> METHODS = List.of("system.register", "system.heartbeat",
            "system.unregister", "task.create",
            "task.claim", "task.complete");

    private final String name;
    private final RedisProcess redis;
    private final long filled;
    private final ServiceProcess program;
    private final ProcessHandle process;

    /** The rate limits of the service. */
    enum Limits {
        /** Calls are counted and never refused; the window is short, so that Redis keeps little of each caller. */
        UNREACHED,
        /** Calls are not counted. */
        NONE
    }

    private Stand(String name, Path jar, Settings settings, RedisProcess redis, List<String> options) {
        this.name = name;
        this.redis = redis;
        filled = Scale.memory(redis);
        Set<ProcessHandle> others = children().collect(Collectors.toSet());
        program = launch(jar, settings.jvm(), redis.uri(), options);
        process = children().filter(child -> !others.contains(child)).findFirst().orElseThrow();
    }

    static Stand floor(Settings settings) {
        return start("floor", settings.floor(), settings, new RedisProcess(), new Fleet(0, 0, 0, 0, 0), List.of());
    }

    /** Starts a packaged service in front of a Redis that holds such a fleet. */
    static Stand service(String name, Path jar, Settings settings, Limits limits, Fleet fleet, String... options) {
        return service(name, jar, settings, limits, new RedisProcess(), fleet, List.of(options));
    }

    /** The same in front of this Redis, which is not started yet. */
    static Stand service(String name, Path jar, Settings settings, Limits limits, RedisProcess redis, Fleet fleet,
            List<String> options) {
        List<String> all = new ArrayList<>(serviceOptions(limits));
        all.addAll(options);
        return start(name, jar, settings, redis, fleet, all);
    }

    /** The setting by which a service knows the key. */
    static String keySetting() {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(KEY.getBytes(US_ASCII));
            return "-Dclaudebench.security.keys[0]=benchmark agent " + HexFormat.of().formatHex(hash);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private static List<String> serviceOptions(Limits limits) {
        int limit = limits == Limits.NONE ? 0 : UNREACHED;
        return METHODS.stream()
                .map(method -> "-Dclaudebench.rate-limit.\"" + method + "\".")
                .flatMap(limited -> Stream.of(limited + "limit=" + limit, limited + "window=1s"))
                .toList();
    }

    private static Stand start(String name, Path jar, Settings settings, RedisProcess redis, Fleet fleet,
            List<String> options) {
        try {
            redis.start();
            FleetFiller.fill(redis.uri(), PREFIX, fleet);
            Stand stand = new Stand(name, jar, settings, redis, options);
            stand.program.awaitReady();
            return stand;
        } catch (RuntimeException e) {
            redis.close();
            throw e;
        }
    }

    private static ServiceProcess launch(Path jar, String jvm, URI redis, List<String> options) {
        if (!Files.exists(jar)) {
            throw new IllegalStateException(jar + " is missing: package it first, with ./mvnw -B package -DskipTests");
        }
        System.setProperty("claudebench.jvm", jvm);
        List<String> all = new ArrayList<>(options);
        all.add("-Dquarkus.redis.hosts=" + redis);
        // in the turns of others and while their Redis is filled, connections are silent for long
        all.add("-Dquarkus.http.idle-timeout=1H");
        return ServiceProcess.launchJar(jar, all.toArray(String[]::new));
    }

    private static Stream<ProcessHandle> children() {
        return ProcessHandle.current().children();
    }

    /** Empties Redis and registers the fleet through the program, whose release decides how it is stored. */
    void fill(Calls calls) {
        redis.cli("FLUSHALL");
        try (OneClient client = new OneClient(base())) {
            for (String registration : calls.registerFleet()) {
                client.call(registration);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    String name() {
        return name;
    }

    URI base() {
        return program.base();
    }

    RedisProcess redis() {
        return redis;
    }

    /** The memory of Redis that was in use when it held the fleet and nobody had called yet. */
    long filled() {
        return filled;
    }

    ServiceProcess program() {
        return program;
    }

    long pid() {
        return process.pid();
    }

    Usage usage() {
        return new Usage(process.info().totalCpuDuration().orElseThrow(), RedisTime.cpu(redis), RedisTime.of(redis));
    }

    @Override
    public void close() {
        program.close();
        redis.close();
    }
}
