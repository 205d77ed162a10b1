package dev.claudebench.redis.embedded;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

import dev.claudebench.redis.embedded.EmbeddedRedisConfig.AppendFsync;

/**
 * A redis-server of our own on a free loopback port, with a password that is new at every start. Its data outlives it:
 * the next server in the same directory has everything that was acknowledged. Safe for use by several threads.
 */
final class RedisServerProcess {

    private static final Logger LOG = Logger.getLogger(RedisServerProcess.class);

    /** Together with what calls get to finish, less than ten seconds: many who stop a service wait no longer. */
    private static final Duration STOP_TIMEOUT = Duration.ofSeconds(2);
    private static final Duration WATCH = Duration.ofSeconds(1);

    private final Path requestedDir;
    private final AppendFsync appendFsync;
    private final Duration startTimeout;
    private @Nullable Running running;
    private @Nullable Thread watcher;

    private record Running(RedisDataDir dir, RedisLauncher launcher, RedisLauncher.Launched server) {}

    RedisServerProcess(Path dataDir, AppendFsync appendFsync, Duration startTimeout) {
        this.requestedDir = dataDir;
        this.appendFsync = appendFsync;
        this.startTimeout = startTimeout;
    }

    /**
     * Starts the server unless it runs already.
     *
     * @return its address, password included
     * @throws EmbeddedRedisException if it cannot run, with a message for the operator; nothing is left behind then
     */
    synchronized URI start() {
        if (running != null) {
            return running.server().uri();
        }
        RedisBinary binary = RedisBinary.forThisPlatform();
        try {
            RedisDataDir dir = RedisDataDir.lock(requestedDir);
            try {
                endSurvivor(dir);
                Path program = binary.installIn(dir.path());
                RedisLauncher launcher = new RedisLauncher(dir, program, appendFsync, startTimeout);
                running = new Running(dir, launcher, launcher.launch());
            } finally {
                if (running == null) {
                    dir.close();
                }
            }
        } catch (IOException e) {
            throw new EmbeddedRedisException("The embedded Redis cannot use " + requestedDir + ": " + e
                    + ". Set claudebench.embedded-redis.data-dir to a directory that can be written and run programs,"
                    + " or quarkus.redis.hosts to use another Redis", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new EmbeddedRedisException("Interrupted while the embedded Redis started", e);
        }
        logRunning(running);
        Thread thread = new Thread(this::keepRunning, "embedded-redis-watch");
        thread.setDaemon(true);
        watcher = thread;
        thread.start();
        return running.server().uri();
    }

    private static void logRunning(Running started) {
        RedisLauncher.Launched server = started.server();
        LOG.infof("Embedded Redis runs on %s:%d, pid %d, data in %s", server.uri().getHost(), server.uri().getPort(),
                server.process().pid(), started.dir().path());
    }

    /**
     * Looks after the server as a supervisor would, since nobody else does. It looks itself because
     * {@link ProcessHandle#onExit} does not see the end of a process that its parent has not collected.
     */
    private synchronized void keepRunning() {
        try {
            while (watcher == Thread.currentThread()) {
                if (running != null && ProcessEnding.hasEnded(running.server().process())) {
                    running = startAgain(running);
                }
                wait(WATCH.toMillis());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static Running startAgain(Running ended) throws InterruptedException {
        LOG.errorf("Embedded Redis, pid %d, has ended by itself and is started again. Its log ends:\n%s",
                ended.server().process().pid(), ended.dir().logTail());
        try {
            Running again = new Running(ended.dir(), ended.launcher(), ended.launcher().relaunch(ended.server()));
            logRunning(again);
            return again;
        } catch (IOException | EmbeddedRedisException e) {
            LOG.error("Embedded Redis does not start; trying on", e);
            return ended;
        }
    }

    /** Ends the server if it runs, and lets others use its directory. */
    synchronized void stop() {
        Running ending = running;
        if (ending == null) {
            return;
        }
        running = null;
        watcher = null;
        notifyAll();
        try (RedisDataDir dir = ending.dir()) {
            if (ProcessEnding.request(ending.server().process(), STOP_TIMEOUT)) {
                dir.forgetProcess();
            } else {
                LOG.errorf("Embedded Redis, pid %d, does not end", ending.server().process().pid());
            }
        } catch (IOException e) {
            LOG.warnf(e, "Embedded Redis has ended, but %s could not be tidied up", ending.dir().path());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            LOG.warnf("Interrupted while Embedded Redis, pid %d, ended", ending.server().process().pid());
        }
    }

    /** A service that was killed leaves its server running; two servers on one append-only file would ruin it. */
    private void endSurvivor(RedisDataDir dir) throws IOException, InterruptedException {
        Optional<ProcessHandle> recorded = dir.recordedProcess();
        if (recorded.isEmpty()) {
            return;
        }
        ProcessHandle process = recorded.get();
        Optional<String> command = process.info().command();
        if (command.isEmpty()) {
            if (!ProcessEnding.hasEnded(process) && !belongsToAnother(process)) {
                throw new EmbeddedRedisException(
                        "Process " + process.pid() + " may be a Redis that an earlier coordinator"
                                + " left running in " + dir.path()
                                + ", but which program it runs cannot be read. End it if it is,"
                                + " then delete " + dir.path().resolve(RedisDataDir.PID_FILE));
            }
            return;
        }
        if (!dir.holdsProgram(command.get())) {
            return;
        }
        LOG.infof("Ending the Redis, pid %d, that a coordinator left running in %s", process.pid(), dir.path());
        if (!ProcessEnding.request(process, startTimeout)) {
            throw new EmbeddedRedisException("The Redis that an earlier coordinator left running in " + dir.path()
                    + ", pid " + process.pid() + ", does not end. End it, then start again");
        }
    }

    private static boolean belongsToAnother(ProcessHandle process) {
        Optional<String> owner = process.info().user();
        return owner.isPresent() && !owner.equals(ProcessHandle.current().info().user());
    }
}
