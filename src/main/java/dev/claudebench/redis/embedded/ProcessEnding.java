package dev.claudebench.redis.embedded;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

import org.jboss.logging.Logger;

/** Ends processes that are not children of this one, as a daemon is not, and tells when they have ended. */
final class ProcessEnding {

    private static final Logger LOG = Logger.getLogger(ProcessEnding.class);

    private static final Duration POLL = Duration.ofMillis(20);
    private static final Duration KILL_TIMEOUT = Duration.ofSeconds(10);

    private ProcessEnding() {}

    /** Asks the process to end, and kills it once the patience is over. Returns whether it has ended. */
    static boolean request(ProcessHandle process, Duration patience) throws InterruptedException {
        process.destroy();
        if (await(process, patience)) {
            return true;
        }
        LOG.warnf("Redis, pid %d, has not ended within %d ms and is killed", process.pid(), patience.toMillis());
        process.destroyForcibly();
        return await(process, KILL_TIMEOUT);
    }

    /** Waits until the process has ended, which it returns, or the time is over. */
    static boolean await(ProcessHandle process, Duration timeout) throws InterruptedException {
        // Not onExit(), which looks only every few seconds at a process that is not a child.
        long deadline = System.nanoTime() + timeout.toNanos();
        while (!hasEnded(process)) {
            if (System.nanoTime() - deadline >= 0) {
                return false;
            }
            TimeUnit.MILLISECONDS.sleep(POLL.toMillis());
        }
        return true;
    }

    /**
     * Whether the process runs no more. On Linux that includes one that its parent has not collected yet: an orphan's
     * parent is process 1, which in a container may be a program that never does.
     */
    static boolean hasEnded(ProcessHandle process) {
        if (!process.isAlive()) {
            return true;
        }
        try {
            String stat = Files.readString(Path.of("/proc", Long.toString(process.pid()), "stat"),
                    StandardCharsets.ISO_8859_1);
            return stat.startsWith(") Z", stat.lastIndexOf(')'));
        } catch (IOException e) {
            // Gone in this moment, which isAlive() will tell next time, or a system without /proc.
            return false;
        }
    }
}
