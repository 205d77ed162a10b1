package dev.claudebench.redis.embedded;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

import org.jboss.logging.Logger;

/** The server that a killed service has left running. */
final class Orphan {
    private static final Logger LOG = Logger.getLogger(Orphan.class);
    private static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(2);

    private Orphan() {}

    /**
     * Terminates the orphan of a directory, if there is one: two servers would corrupt the append-only file. It is recognised
     * by its password and its process id, since another process may have the process id by now.
     *
     * @param timeout after which it is killed
     */
    static void terminate(RedisDataDir dir, Duration timeout) throws IOException, InterruptedException {
        ProcessHandle process = dir.recordedProcess().filter(found -> !Processes.hasExited(found)).orElse(null);
        String uri = dir.recordedUri();
        if (process == null) {
            return;
        }
        if (!Processes.poll(ANSWER_TIMEOUT,
                () -> Processes.hasExited(process) || ServerIdentity.isConfirmed(uri, process.pid()))) {
            if (!mayBeServer(process)) {
                return;
            }
            throw new EmbeddedRedisException("Process " + process.pid()
                    + process.info().command().map(command -> " (" + command + ")").orElse("")
                    + " may be the Redis that an earlier coordinator left running in " + dir.path()
                    + ", but it does not answer with the password of that Redis. If it is that Redis, kill it; if not, delete "
                    + dir.path().resolve(RedisDataDir.PID_FILE) + ". Then start the coordinator again");
        }
        LOG.infof("Stopping the Redis, pid %d, that an earlier coordinator left running in %s", process.pid(),
                dir.path());
        if (!Processes.terminate(process, timeout)) {
            throw new EmbeddedRedisException("The Redis that an earlier coordinator left running in " + dir.path()
                    + ", pid " + process.pid() + ", cannot be stopped. Stop it, then start the coordinator again");
        }
    }

    /** The command of another user's process is unknown; such a process is not a server of this service. */
    private static boolean mayBeServer(ProcessHandle process) {
        Optional<String> command = process.info().command();
        if (command.isEmpty()) {
            return process.info().user().equals(ProcessHandle.current().info().user());
        }
        String name = String.valueOf(Path.of(command.get()).getFileName());
        return name.contains("redis") || name.contains("valkey");
    }
}
