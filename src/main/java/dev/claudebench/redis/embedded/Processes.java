package dev.claudebench.redis.embedded;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

import org.jboss.logging.Logger;

/** Terminates processes that are not children of this one, such as daemons, and waits for their exit. */
final class Processes {
    private static final Logger LOG = Logger.getLogger(Processes.class);
    private static final Duration KILL_TIMEOUT = Duration.ofSeconds(10);

    private Processes() {}

    /** Sends SIGTERM, and SIGKILL after the timeout. Returns whether the process has exited. */
    static boolean terminate(ProcessHandle process, Duration timeout) throws InterruptedException {
        process.destroy();
        if (poll(timeout, () -> hasExited(process))) {
            return true;
        }
        LOG.warnf("Redis, pid %d, has not exited within %d ms: killing it", process.pid(), timeout.toMillis());
        process.destroyForcibly();
        return poll(KILL_TIMEOUT, () -> hasExited(process));
    }

    /** Waits until the condition is true. Returns false after the timeout. */
    static boolean poll(Duration timeout, BooleanSupplier condition) throws InterruptedException {
        long deadline = System.nanoTime() + timeout.toNanos();
        while (System.nanoTime() - deadline < 0) {
            if (condition.getAsBoolean()) {
                return true;
            }
            TimeUnit.MILLISECONDS.sleep(20);
        }
        return false;
    }

    /**
     * Returns whether the process has exited. On Linux a zombie counts as exited: process 1 of a container may never reap
     * the orphans that it inherits, and {@link ProcessHandle#isAlive} is true for a zombie.
     */
    static boolean hasExited(ProcessHandle process) {
        if (!process.isAlive()) {
            return true;
        }
        try {
            String stat = Files.readString(Path.of("/proc", Long.toString(process.pid()), "stat"),
                    StandardCharsets.ISO_8859_1);
            return stat.startsWith(") Z", stat.lastIndexOf(')'));
        } catch (IOException e) {
            // No /proc on this system, or the process has just exited: then isAlive() is false next time.
            return false;
        }
    }
}
