package dev.claudebench.redis.embedded;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;

import org.jboss.logging.Logger;

import dev.claudebench.redis.embedded.EmbeddedRedisConfig.AppendFsync;

/**
 * Brings up one redis-server in a directory: configuration, process, readiness. Takes another port if the server ends
 * before it is ready, since somebody else may have taken the free port in between.
 */
final class RedisLauncher {

    private static final Logger LOG = Logger.getLogger(RedisLauncher.class);

    private static final String LOOPBACK = "127.0.0.1";
    private static final int LAUNCHES = 3;
    private static final int PASSWORD_BYTES = 32;
    private static final Duration POLL = Duration.ofMillis(20);
    private static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(1);
    private static final Duration FORK_TIMEOUT = Duration.ofSeconds(10);
    private static final Duration STOP_TIMEOUT = Duration.ofSeconds(10);

    private final RedisDataDir dir;
    private final Path program;
    private final AppendFsync appendFsync;
    private final Duration startTimeout;

    /** Where a server listens and how it is spoken to. */
    private record Endpoint(int port, String password) {
        URI uri() {
            // redis-cli takes a missing user name for an empty one
            return URI.create("redis://default:" + password + "@" + LOOPBACK + ":" + port);
        }
    }

    /** A server that answers. */
    record Launched(ProcessHandle process, Endpoint endpoint) {
        URI uri() {
            return endpoint.uri();
        }
    }

    RedisLauncher(RedisDataDir dir, Path program, AppendFsync appendFsync, Duration startTimeout) {
        this.dir = dir;
        this.program = program;
        this.appendFsync = appendFsync;
        this.startTimeout = startTimeout;
    }

    /**
     * Starts the server and waits until it has loaded its data.
     *
     * @throws EmbeddedRedisException if it does not get there; no server runs then
     */
    Launched launch() throws IOException, InterruptedException {
        for (int launch = 1; launch <= LAUNCHES; launch++) {
            Optional<Launched> launched = launchAt(new Endpoint(freePort(), newPassword()));
            if (launched.isPresent()) {
                return launched.get();
            }
            LOG.debugf("Embedded Redis ended at launch %d: %s", launch, dir.logTail());
        }
        throw new EmbeddedRedisException("The embedded Redis ended " + LAUNCHES + " times at its start. "
                + logTail());
    }

    /**
     * Starts a server in the place of one that has ended, where clients look for it: same port, same password.
     *
     * @throws EmbeddedRedisException if it does not get there; no server runs then
     */
    Launched relaunch(Launched ended) throws IOException, InterruptedException {
        return launchAt(ended.endpoint())
                .orElseThrow(() -> new EmbeddedRedisException("The embedded Redis does not start again. " + logTail()));
    }

    private Optional<Launched> launchAt(Endpoint endpoint) throws IOException, InterruptedException {
        dir.prepareForLaunch();
        dir.writeSecret(RedisDataDir.CONFIG, config(endpoint));
        dir.writeSecret(RedisDataDir.URL, endpoint.uri().toString());
        Optional<ProcessHandle> process = daemonize();
        return process.isPresent() && becomesReady(process.get(), endpoint)
                ? Optional.of(new Launched(process.get(), endpoint))
                : Optional.empty();
    }

    /** Runs the launcher, which ends as soon as it has forked the server. */
    private Optional<ProcessHandle> daemonize() throws IOException, InterruptedException {
        // Relative names in the directory: its path may hold what Redis would want quoted.
        Process launcher = new ProcessBuilder(program.toString(), RedisDataDir.CONFIG)
                .directory(dir.path().toFile())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(dir.path().resolve(RedisDataDir.LOG).toFile()))
                .start();
        if (launcher.waitFor() != 0) {
            throw new EmbeddedRedisException("The embedded Redis refuses to start. " + logTail());
        }
        // The pid file comes too late to notice a server that ends before it listens; its log does not.
        long deadline = System.nanoTime() + FORK_TIMEOUT.toNanos();
        OptionalLong pid = dir.loggedPid();
        while (pid.isEmpty()) {
            if (System.nanoTime() - deadline >= 0) {
                throw notReady();
            }
            TimeUnit.MILLISECONDS.sleep(POLL.toMillis());
            pid = dir.loggedPid();
        }
        return ProcessHandle.of(pid.getAsLong());
    }

    /** Returns false if the server has ended. */
    private boolean becomesReady(ProcessHandle process, Endpoint endpoint)
            throws InterruptedException {
        boolean answers = false;
        try {
            long deadline = System.nanoTime() + startTimeout.toNanos();
            while (System.nanoTime() - deadline < 0) {
                answers = dir.hasPidFile() && answersPing(endpoint);
                if (answers) {
                    return true;
                }
                if (ProcessEnding.await(process, POLL)) {
                    return false;
                }
            }
            throw notReady();
        } finally {
            if (!answers) {
                ProcessEnding.request(process, STOP_TIMEOUT);
            }
        }
    }

    private EmbeddedRedisException notReady() {
        return new EmbeddedRedisException("The embedded Redis is not ready after " + startTimeout.toMillis()
                + " ms; if it needs longer to load its data, raise claudebench.embedded-redis.start-timeout. "
                + logTail());
    }

    private String logTail() {
        return dir.path().resolve(RedisDataDir.LOG) + " ends:\n" + dir.logTail();
    }

    /** Returns whether the server has loaded its data; while it loads it answers LOADING. */
    private static boolean answersPing(Endpoint endpoint) {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(loopback(), endpoint.port()), (int) ANSWER_TIMEOUT.toMillis());
            socket.setSoTimeout((int) ANSWER_TIMEOUT.toMillis());
            socket.getOutputStream()
                    .write(("AUTH " + endpoint.password() + "\r\nPING\r\n").getBytes(StandardCharsets.US_ASCII));
            BufferedReader replies = new BufferedReader(
                    new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
            return "+OK".equals(replies.readLine()) && "+PONG".equals(replies.readLine());
        } catch (IOException e) {
            return false;
        }
    }

    private static InetAddress loopback() throws IOException {
        // Not getLoopbackAddress(), which is ::1 where IPv6 is preferred.
        return InetAddress.getByAddress(new byte[]{127, 0, 0, 1});
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, loopback())) {
            return socket.getLocalPort();
        }
    }

    private static String newPassword() {
        byte[] secret = new byte[PASSWORD_BYTES];
        new SecureRandom().nextBytes(secret);
        return HexFormat.of().formatHex(secret);
    }

    // A daemon because Ctrl-C in a terminal signals the whole process group: as a plain child Redis would be gone before
    // the service has finished its work. No RDB snapshots, since the append-only file has everything. No eviction, since
    // state that is silently dropped is worse than a write that fails. No process title, so that ps shows whose it is.
    private String config(Endpoint endpoint) {
        return """
               bind %s
               port %d
               protected-mode yes
               requirepass %s
               daemonize yes
               pidfile %s
               logfile %s
               dir .
               appendonly yes
               appendfsync %s
               aof-load-truncated yes
               save ""
               maxmemory-policy noeviction
               set-proc-title no
               always-show-logo no
               """.formatted(LOOPBACK, endpoint.port(), endpoint.password(), RedisDataDir.PID_FILE, RedisDataDir.LOG,
                appendFsync.redisValue());
    }
}
