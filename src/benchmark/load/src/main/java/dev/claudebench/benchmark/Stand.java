package dev.claudebench.benchmark;

import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

import dev.claudebench.support.FleetFiller;
import dev.claudebench.support.FleetFiller.Fleet;
import dev.claudebench.support.RedisProcess;
import dev.claudebench.support.ServiceProcess;

/** A Redis and a program in front of it, the service or the floor, on ports that the system chose. */
final class Stand implements AutoCloseable {
    private static final String PREFIX = "cb:";
    /** Far more than anybody reaches, and still counted call by call. */
    private static final int UNREACHED = 100_000_000;
    private static final List<String> METHODS = List.of("system.register", "system.heartbeat",
            "system.unregister", "task.create",
            "task.claim", "task.complete");

    private final RedisProcess redis;
    private final ServiceProcess program;
    private final Fleet fleet;
    private final long filled;

    /** How calls are limited in rate. */
    enum Limits {
        /** They are, but nobody gets there; the window is short, so that little is kept of each caller. */
        UNREACHED,
        /** They are not, which saves a round trip. */
        NONE
    }

    private Stand(RedisProcess redis, Fleet fleet, long filled, ServiceProcess program) {
        this.redis = redis;
        this.fleet = fleet;
        this.filled = filled;
        this.program = program;
    }

    static Stand floor(Settings settings) {
        return start(settings.floor(), settings, new Fleet(0, 0, 0, 0, 0), List.of());
    }

    /** Starts the service in front of a Redis that holds such a fleet. */
    static Stand service(Settings settings, Limits limits, Fleet fleet, String... options) {
        List<String> all = new ArrayList<>(serviceOptions(limits));
        all.addAll(List.of(options));
        return start(settings.service(), settings, fleet, all);
    }

    /** The options that lift the limits of rate. All other guards stay on. */
    private static List<String> serviceOptions(Limits limits) {
        int limit = limits == Limits.NONE ? 0 : UNREACHED;
        return METHODS.stream()
                .map(method -> "-Dclaudebench.rate-limit.\"" + method + "\".")
                .flatMap(limited -> Stream.of(limited + "limit=" + limit, limited + "window=1s"))
                .toList();
    }

    private static Stand start(Path jar, Settings settings, Fleet fleet, List<String> options) {
        RedisProcess redis = new RedisProcess().start();
        try {
            FleetFiller.fill(redis.uri(), PREFIX, fleet);
            return new Stand(redis, fleet, Scale.memory(redis),
                    launch(jar, settings.jvm(), redis.uri(), options).awaitReady());
        } catch (RuntimeException e) {
            redis.close();
            throw e;
        }
    }

    private static ServiceProcess launch(Path jar, String jvm, URI redis, List<String> options) {
        if (!Files.exists(jar)) {
            throw new IllegalStateException(jar + " is missing: package it first, with ./mvnw -B package -DskipTests");
        }
        System.setProperty("claudebench.jar", jar.toString());
        System.setProperty("claudebench.jvm", jvm);
        List<String> all = new ArrayList<>(options);
        all.add("-Dquarkus.redis.hosts=" + redis);
        return ServiceProcess.launch(all.toArray(String[]::new));
    }

    /** Brings Redis back to what it held at first. */
    void refill() {
        redis.cli("FLUSHALL");
        FleetFiller.fill(redis.uri(), PREFIX, fleet);
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

    @Override
    public void close() {
        program.close();
        redis.close();
    }
}
