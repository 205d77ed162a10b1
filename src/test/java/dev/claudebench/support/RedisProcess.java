package dev.claudebench.support;

import static org.awaitility.Awaitility.await;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

import org.jspecify.annotations.NullMarked;
import org.jspecify.annotations.Nullable;

import redis.embedded.RedisExecProvider;

/**
 * A redis-server that a test can stop, kill, suspend and restart. It keeps its port. Its data survives a restart if the
 * settings make it persistent.
 */
@NullMarked
public final class RedisProcess implements AutoCloseable {
    private static final Duration TIMEOUT = Duration.ofSeconds(20);
    private static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();

    private final Path dir;
    private final int port;
    private int tlsPort;
    private final List<String> command;
    private final Thread shutdownHook = new Thread(this::kill);
    private @Nullable Process process;

    /** @param settings additional arguments of redis-server, such as {@code "--appendonly", "yes"} */
    public RedisProcess(String... settings) {
        try {
            dir = Files.createTempDirectory("redis-process");
            port = freePort();
            command = new ArrayList<>(List.of(program(), "--port", Integer.toString(port), "--bind",
                    LOOPBACK.getHostAddress(), "--save", ""));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Collections.addAll(command, settings);
        Runtime.getRuntime().addShutdownHook(shutdownHook);
    }

    /** Returns the path of the server in the property {@code claudebench.redis}, by default of the embedded one. */
    public static String program() throws IOException {
        String named = System.getProperty("claudebench.redis", "");
        return named.isEmpty() ? RedisExecProvider.defaultProvider().get().getAbsolutePath() : named;
    }

    /** Returns a Redis Sentinel that is not started and monitors no primary yet. */
    public static RedisProcess sentinel() {
        RedisProcess sentinel = new RedisProcess("--sentinel");
        // Sentinel writes its state to this file, whose path must be the first argument.
        Path file = sentinel.dir.resolve("sentinel.conf");
        try {
            Files.createFile(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        sentinel.command.add(1, file.toString());
        return sentinel;
    }

    /** Returns a node for a Redis Cluster, not started yet. */
    static RedisProcess clusterNode() {
        try {
            return new RedisProcess("--cluster-enabled", "yes", "--cluster-port", Integer.toString(freePort()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Returns a server that has a port for TLS besides, not started yet.
     *
     * @param settings with the certificate
     */
    public static RedisProcess withTls(String... settings) {
        try {
            RedisProcess redis = new RedisProcess(settings);
            redis.tlsPort = freePort();
            redis.command.addAll(List.of("--tls-port", Integer.toString(redis.tlsPort)));
            return redis;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns the value for {@code quarkus.redis.hosts} of a server with TLS. */
    public URI tlsUri() {
        return URI.create("rediss://" + LOOPBACK.getHostAddress() + ":" + tlsPort);
    }

    /** Returns the value for {@code quarkus.redis.hosts}. */
    public URI uri() {
        return URI.create("redis://" + LOOPBACK.getHostAddress() + ":" + port);
    }

    /** Starts the server unless it is running, and waits until it answers. */
    public synchronized RedisProcess start() {
        if (process == null || !process.isAlive()) {
            try {
                process = new ProcessBuilder(command).directory(dir.toFile())
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.appendTo(dir.resolve("log").toFile()))
                        .start();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            Process started = process;
            await("Redis to answer").atMost(TIMEOUT)
                    .failFast("Redis has ended", () -> !started.isAlive())
                    .ignoreExceptions()
                    .until(() -> cli("INFO", "server").contains("process_id:" + started.pid() + "\r")
                            && !cli("INFO", "persistence").contains("loading:1"));
        }
        return this;
    }

    /** Stops the server with SIGTERM. */
    public void stop() {
        end(Process::destroy);
    }

    /** Kills the server with SIGKILL, like a crash. */
    public void kill() {
        end(Process::destroyForcibly);
    }

    /** Suspends the server: connections stay open, but it does not answer. */
    public void suspend() {
        signal("STOP");
    }

    public void resume() {
        signal("CONT");
    }

    /**
     * Executes a command.
     *
     * @return the reply as text: one line for each element of an array, empty for nil
     */
    public String cli(String... words) {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(LOOPBACK, port), (int) TIMEOUT.toMillis());
            socket.setSoTimeout((int) TIMEOUT.toMillis());
            StringBuilder request = new StringBuilder("*").append(words.length).append("\r\n");
            for (String word : words) {
                request.append('$').append(word.getBytes(StandardCharsets.UTF_8).length).append("\r\n");
                request.append(word).append("\r\n");
            }
            OutputStream out = socket.getOutputStream();
            out.write(request.toString().getBytes(StandardCharsets.UTF_8));
            return reply(new BufferedInputStream(socket.getInputStream()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Moves the clock that the scripts see forward, or back if negative, by moving all times in Redis the other way. */
    public void moveClock(Duration by) {
        moveClock("cb:", by);
    }

    /** The same for the bench whose keys begin so. */
    public void moveClock(String prefix, Duration by) {
        try (InputStream script = RedisProcess.class.getResourceAsStream("/lua/test/set_clock.lua")) {
            if (script == null) {
                throw new IllegalStateException("no script");
            }
            cli("EVAL", new String(script.readAllBytes(), StandardCharsets.UTF_8), "1", prefix,
                    Long.toString(by.toMillis()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns how often the server has executed a command since it started. */
    public long calls(String name) {
        return cli("INFO", "commandstats").lines()
                .filter(line -> line.startsWith("cmdstat_" + name + ":calls="))
                .mapToLong(line -> Long.parseLong(line.substring(line.indexOf('=') + 1, line.indexOf(','))))
                .sum();
    }

    /** Returns how often the server has been called to execute a script. */
    public long scriptCalls() {
        return calls("evalsha") + calls("eval");
    }

    @Override
    public void close() {
        kill();
        Runtime.getRuntime().removeShutdownHook(shutdownHook);
        Folders.delete(dir);
    }

    private synchronized void end(Consumer<Process> how) {
        if (process == null) {
            return;
        }
        try {
            how.accept(process);
            if (!process.waitFor(TIMEOUT.toSeconds(), TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new IllegalStateException("Redis does not stop");
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
        process = null;
    }

    private synchronized void signal(String name) {
        if (process == null) {
            throw new IllegalStateException("Redis is not running");
        }
        Signals.send(name, process.pid());
    }

    private static String reply(InputStream in) throws IOException {
        String head = line(in);
        String rest = head.substring(1);
        return switch (head.charAt(0)) {
            case '+', ':' -> rest;
            case '$' -> bulk(in, Integer.parseInt(rest));
            case '*' -> {
                List<String> elements = new ArrayList<>();
                for (int left = Integer.parseInt(rest); left > 0; left--) {
                    elements.add(reply(in));
                }
                yield String.join("\n", elements);
            }
            default -> throw new IllegalStateException(rest);
        };
    }

    private static String bulk(InputStream in, int length) throws IOException {
        if (length < 0) {
            return "";
        }
        String text = new String(in.readNBytes(length), StandardCharsets.UTF_8);
        in.skipNBytes(2);
        return text;
    }

    private static String line(InputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int next = in.read(); next != '\r'; next = in.read()) {
            if (next < 0) {
                throw new IOException("Redis closed the connection");
            }
            line.append((char) next);
        }
        in.skipNBytes(1);
        return line.toString();
    }

    /** Returns a free port that the system gives to no outgoing connection, which could take it before the server does. */
    private static int freePort() throws IOException {
        IOException failure = new IOException("no port is free");
        for (int attempt = 0; attempt < 100; attempt++) {
            int port = ThreadLocalRandom.current().nextInt(20_000, 32_000);
            try (ServerSocket free = new ServerSocket(port, 1, LOOPBACK)) {
                return free.getLocalPort();
            } catch (BindException taken) {
                failure.addSuppressed(taken);
            }
        }
        throw failure;
    }
}
