package dev.claudebench.redis.embedded;

import java.io.IOException;
import java.net.URI;
import java.time.Duration;

import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

import dev.claudebench.config.FileErrors;

/**
 * A redis-server on a free loopback port, with a new password at each start. A later server in the same directory has all
 * acknowledged writes. Restarts a server that exits. Thread-safe.
 */
final class RedisServerProcess {
    private static final Logger LOG = Logger.getLogger(RedisServerProcess.class);

    /** Together with the time for calls in flight, below the ten seconds after which many supervisors kill a service. */
    private static final Duration STOP_TIMEOUT = Duration.ofSeconds(2);
    private static final Duration WATCH = Duration.ofSeconds(1);

    private final EmbeddedRedisConfig config;
    private final String searchPath;
    private @Nullable Running running;
    private @Nullable Thread watcher;

    private record Running(RedisDataDir dir, RedisLauncher launcher, RedisLauncher.Launched server) {}

    /** @param searchPath the directories to search for an installed server, like the variable {@code PATH} */
    RedisServerProcess(EmbeddedRedisConfig config, String searchPath) {
        this.config = config;
        this.searchPath = searchPath;
    }

    /** Starts the server, unless it is running. Returns its URI with its password. Leaves no process or lock if it fails. */
    synchronized URI start() {
        if (running != null) {
            return running.server().uri();
        }
        try {
            RedisDataDir dir = RedisDataDir.lock(config.dataDir());
            try {
                Orphan.terminate(dir, config.startTimeout());
                dir.restrictContent();
                RedisProgram program = RedisProgram.choose(config.program(), searchPath, dir.path());
                LOG.infof("Embedded Redis is %s, %s", program.path(), program.version());
                RedisLauncher launcher = new RedisLauncher(dir, program, config);
                running = new Running(dir, launcher, launcher.launch());
            } finally {
                if (running == null) {
                    dir.close();
                }
            }
        } catch (IOException e) {
            throw new EmbeddedRedisException("The embedded Redis cannot use " + config.dataDir() + ": "
                    + FileErrors.reason(e)
                    + ". Set claudebench.embedded-redis.data-dir to a directory, not a file, that is writable and not mounted noexec,"
                    + " or quarkus.redis.hosts to use another Redis");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new EmbeddedRedisException("Interrupted while the embedded Redis started");
        }
        logRunning(running);
        Thread thread = new Thread(this::watch, "embedded-redis-watch");
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

    /** Restarts the server when it exits. Polls, since {@link ProcessHandle#onExit} does not report a zombie. */
    private synchronized void watch() {
        try {
            while (watcher == Thread.currentThread()) {
                if (running != null && Processes.hasExited(running.server().process())) {
                    running = restart(running);
                }
                wait(WATCH.toMillis());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static Running restart(Running exited) throws InterruptedException {
        LOG.errorf("Embedded Redis, pid %d, has exited: restarting it. The end of its log:\n%s",
                exited.server().process().pid(), exited.dir().logTail());
        try {
            Running restarted = new Running(exited.dir(), exited.launcher(),
                    exited.launcher().relaunch(exited.server()));
            logRunning(restarted);
            return restarted;
        } catch (IOException | EmbeddedRedisException e) {
            LOG.error("Cannot restart the embedded Redis: trying again", e);
            return exited;
        }
    }

    /** Stops the server if it is running, and unlocks its directory. */
    synchronized void stop() {
        Running stopping = running;
        if (stopping == null) {
            return;
        }
        running = null;
        watcher = null;
        notifyAll();
        try (RedisDataDir dir = stopping.dir()) {
            if (Processes.terminate(stopping.server().process(), STOP_TIMEOUT)) {
                dir.deletePidFile();
            } else {
                LOG.errorf("Embedded Redis, pid %d, cannot be stopped", stopping.server().process().pid());
            }
        } catch (IOException e) {
            LOG.warnf(e, "Embedded Redis has stopped, but its files in %s could not be cleaned up",
                    stopping.dir().path());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            LOG.warnf("Interrupted while stopping the embedded Redis, pid %d", stopping.server().process().pid());
        }
    }
}
