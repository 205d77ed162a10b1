package dev.claudebench.redis.embedded;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

import org.jboss.logging.Logger;

/** Configures and starts a redis-server in a directory, and waits until it is ready. */
final class RedisLauncher {
    private static final Logger LOG = Logger.getLogger(RedisLauncher.class);
    private static final String LOOPBACK = "127.0.0.1";
    private static final int ATTEMPTS = 3;
    private static final Duration STOP_TIMEOUT = Duration.ofSeconds(10);

    private final RedisDataDir dir;
    private final RedisProgram program;
    private final EmbeddedRedisConfig config;
    private final String password;

    /** A server that was ready when it was launched, with its password in the URI. */
    record Launched(ProcessHandle process, URI uri) {}

    RedisLauncher(RedisDataDir dir, RedisProgram program, EmbeddedRedisConfig config) {
        this.dir = dir;
        this.program = program;
        this.config = config;
        byte[] secret = new byte[32];
        new SecureRandom().nextBytes(secret);
        password = HexFormat.of().formatHex(secret);
    }

    /**
     * Starts a server on a free port and waits until it has loaded its data. Retries on another port if the server exits:
     * another process may have taken the port. Repairs a damaged end of the append-only file. Leaves no server running if it fails.
     */
    Launched launch() throws IOException, InterruptedException {
        for (int attempt = 1; attempt <= ATTEMPTS; attempt++) {
            Optional<Launched> launched = launchAt(freePort());
            if (launched.isPresent()) {
                return launched.get();
            }
            LOG.debugf("Embedded Redis exited at attempt %d to start it: %s", attempt, dir.logTail());
            if (dir.logTail().contains("Bad file format reading the append only file")) {
                AppendOnlyFile.repairEnd(dir, program);
            }
        }
        throw failure("exited at each of " + ATTEMPTS + " attempts to start it.");
    }

    /** Replaces a server that has exited. The port and the password stay the same, since clients have them. */
    Launched relaunch(Launched exited) throws IOException, InterruptedException {
        // A child of it may still be writing.
        Orphan.terminate(dir, STOP_TIMEOUT);
        return launchAt(exited.uri().getPort()).orElseThrow(() -> failure("exited when it was restarted."));
    }

    /** Returns empty if the server exits before it is ready. */
    private Optional<Launched> launchAt(int port) throws IOException, InterruptedException {
        // redis-cli treats a missing user name as an empty one, so name the default user.
        URI uri = URI.create("redis://default:" + password + "@" + LOOPBACK + ":" + port);
        dir.prepareForLaunch();
        dir.writeSecret(RedisDataDir.CONFIG, config(port));
        dir.writeSecret(RedisDataDir.URL, uri.toString());
        Optional<ProcessHandle> process = daemonize();
        return process.isPresent() && awaitReady(process.get(), uri)
                ? Optional.of(new Launched(process.get(), uri))
                : Optional.empty();
    }

    private Optional<ProcessHandle> daemonize() throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(program.path().toString()));
        command.addAll(Orphan.arguments(dir));
        Process parent = new ProcessBuilder(command)
                .directory(dir.path().toFile())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(dir.path().resolve(RedisDataDir.LOG).toFile()))
                .start();
        if (parent.waitFor() != 0) {
            throw failure("refuses to start.");
        }
        return Orphan.find(dir).stream().findFirst();
    }

    /** Returns false if the server has exited. Terminates a server that is not ready in time. */
    private boolean awaitReady(ProcessHandle process, URI uri) throws InterruptedException {
        boolean ready = false;
        try {
            if (!Processes.poll(config.startTimeout(), () -> Processes.hasExited(process) || isReady(process, uri))) {
                throw notReady();
            }
            ready = !Processes.hasExited(process);
            return ready;
        } finally {
            if (!ready) {
                Processes.terminate(process, STOP_TIMEOUT);
            }
        }
    }

    private EmbeddedRedisException notReady() {
        return failure("is not ready after " + config.startTimeout().toMillis()
                + " ms; if it needs longer to load its data, raise claudebench.embedded-redis.start-timeout.");
    }

    private EmbeddedRedisException failure(String what) {
        return new EmbeddedRedisException("The embedded Redis " + what + " The end of "
                + dir.path().resolve(RedisDataDir.LOG) + ":\n" + dir.logTail());
    }

    private boolean isReady(ProcessHandle process, URI uri) {
        // Until the server has the port, the password could reach another process.
        return dir.isReadyLogged() && ServerIdentity.isConfirmed(uri.toString(), process.pid());
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

    // daemonize: Ctrl-C in a terminal signals the process group, and would stop a child before the service has finished.
    // save "": the append-only file makes RDB snapshots redundant.
    // noeviction: a write that fails is better than state that is lost silently.
    // client-output-buffer-limit: replies that a client does not read do not count as data, and would grow without a limit.
    // maxmemory-clients: the same for all clients together. Whoever reaches the port can be one, even without the password.
    // set-proc-title: the arguments, by which Orphan finds the server, stay as they are.
    // File names are relative, since the path of the directory may contain characters that would have to be quoted here.
    private String config(int port) {
        return """
               bind %s
               port %d
               protected-mode yes
               requirepass %s
               daemonize yes
               pidfile %s
               logfile %s
               appendonly yes
               appendfsync %s
               aof-load-truncated yes
               save ""
               maxmemory %d
               maxmemory-policy noeviction
               client-output-buffer-limit normal 64mb 32mb 30
               maxmemory-clients 128mb
               set-proc-title no
               always-show-logo no
               """.formatted(LOOPBACK, port, password, RedisDataDir.PID_FILE, RedisDataDir.LOG,
                config.appendFsync().redisValue(), config.maxMemory().asLongValue());
    }
}
