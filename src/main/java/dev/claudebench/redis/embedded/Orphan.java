package dev.claudebench.redis.embedded;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;

import org.jboss.logging.Logger;

/**
 * Finds the servers of a directory by the arguments with which they were started. Nothing takes these from a process, whereas a
 * pid file may be lost or, on a full disk, never be written, and a server that hangs does not answer.
 */
final class Orphan {
    private static final Logger LOG = Logger.getLogger(Orphan.class);

    private Orphan() {}

    /** Returns the arguments of the server of a directory. No other program has them. */
    static List<String> arguments(RedisDataDir dir) {
        return List.of(RedisDataDir.CONFIG, "--dir", dir.path().toString());
    }

    /** Returns the server of a directory, and children of it that write a file, in any order. */
    static List<ProcessHandle> find(RedisDataDir dir) {
        String[] arguments = arguments(dir).toArray(String[]::new);
        var user = ProcessHandle.current().info().user();
        return ProcessHandle.allProcesses().filter(process -> {
            ProcessHandle.Info info = process.info();
            return info.user().equals(user)
                    && info.arguments().filter(own -> Arrays.equals(own, arguments)).isPresent();
        }).toList();
    }

    /**
     * Terminates what a killed service has left running: two servers would corrupt the append-only file.
     *
     * @param timeout after which a server is killed, which loses no acknowledged write
     */
    static void terminate(RedisDataDir dir, Duration timeout) throws InterruptedException {
        for (ProcessHandle process : find(dir)) {
            LOG.infof("Stopping the Redis, pid %d, that was left running in %s", process.pid(),
                    dir.path());
            if (!Processes.terminate(process, timeout)) {
                throw new EmbeddedRedisException("The Redis that was left running in " + dir.path()
                        + ", pid " + process.pid() + ", cannot be stopped. Stop it, then start the coordinator again");
            }
        }
    }
}
