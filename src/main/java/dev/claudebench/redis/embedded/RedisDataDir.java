package dev.claudebench.redis.embedded;

import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

/**
 * The embedded server's directory, locked until it is closed. The operating system drops the lock when this process
 * ends in whatever way, so a crash leaves no stale lock.
 */
final class RedisDataDir implements Closeable {

    static final String CONFIG = "redis.conf";
    /** Holds the server's address, password included, for an operator's {@code redis-cli -u}. */
    static final String URL = "url";
    static final String PID_FILE = "redis.pid";
    static final String LOG = "redis.log";
    private static final String LOCK = "lock";

    private static final int LOG_TAIL = 10;
    // Every line of the log starts with the process id and the role, as in "4711:M 23 Nov 2026 ...".
    private static final Pattern LOG_LINE = Pattern.compile("(\\d+):[A-Z] .*");

    /**
     * What this JVM has locked. The lock file alone cannot tell: opening it a second time in one process and closing it
     * again gives up the first lock, as POSIX has it.
     */
    private static final Set<Path> HELD = ConcurrentHashMap.newKeySet();

    private final Path path;
    private final FileChannel lock;

    private RedisDataDir(Path path, FileChannel lock) {
        this.path = path;
        this.lock = lock;
    }

    /**
     * Creates the directory if it is missing and locks it.
     *
     * @throws EmbeddedRedisException if another service holds the lock, here or in another process
     */
    static RedisDataDir lock(Path requested) throws IOException {
        Path path = Files.createDirectories(requested.toAbsolutePath().normalize(), permissions("rwx------"))
                .toRealPath();
        if (!HELD.add(path)) {
            throw inUse(path);
        }
        FileChannel locked = null;
        try {
            locked = tryLock(path.resolve(LOCK));
        } finally {
            if (locked == null) {
                HELD.remove(path);
            }
        }
        if (locked == null) {
            throw inUse(path);
        }
        return new RedisDataDir(path, locked);
    }

    private static @Nullable FileChannel tryLock(Path file) throws IOException {
        FileChannel channel = FileChannel.open(file, Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE),
                permissions("rw-------"));
        FileLock lock = null;
        try {
            lock = channel.tryLock();
        } catch (OverlappingFileLockException e) {
            // Held by another class loader of this JVM: as much in use as by another process.
            lock = null;
        } finally {
            if (lock == null) {
                channel.close();
            }
        }
        return lock == null ? null : channel;
    }

    private static EmbeddedRedisException inUse(Path path) {
        return new EmbeddedRedisException("The embedded Redis cannot use " + path
                + ": another coordinator runs its Redis"
                + " there. Set claudebench.embedded-redis.data-dir to another directory, or quarkus.redis.hosts to let"
                + " both share one Redis");
    }

    Path path() {
        return path;
    }

    /** Returns the process that the pid file names, whatever it is by now; empty if none is alive. */
    Optional<ProcessHandle> recordedProcess() throws IOException {
        try {
            return ProcessHandle.of(Long.parseLong(Files.readString(path.resolve(PID_FILE)).strip()));
        } catch (NoSuchFileException | NumberFormatException e) {
            return Optional.empty();
        }
    }

    /** Returns whether the program that a process runs is a redis-server that was installed in this directory. */
    boolean holdsProgram(String command) {
        Path program = Path.of(command);
        Path directory = program.getParent();
        try {
            // The file itself may be gone after an upgrade; its directory is what counts.
            return directory != null && Files.isSameFile(directory, path)
                    && program.getFileName().toString().startsWith(RedisBinary.NAME_PREFIX);
        } catch (IOException e) {
            return false;
        }
    }

    /** Replaces a file that holds the password; nobody but the owner can read it at any moment. */
    void writeSecret(String name, String content) throws IOException {
        Path file = path.resolve(name);
        Files.deleteIfExists(file);
        Files.createFile(file, permissions("rw-------"));
        Files.writeString(file, content);
    }

    /** Makes room for a server: no pid file, and a log of its own (one earlier log is kept). */
    void prepareForLaunch() throws IOException {
        forgetProcess();
        Path log = path.resolve(LOG);
        if (Files.exists(log)) {
            Files.move(log, path.resolve(LOG + ".1"), StandardCopyOption.REPLACE_EXISTING);
        }
    }

    void forgetProcess() throws IOException {
        Files.deleteIfExists(path.resolve(PID_FILE));
    }

    /** Returns whether the server listens; it writes its pid file right after it has begun to. */
    boolean hasPidFile() {
        return Files.exists(path.resolve(PID_FILE));
    }

    /** Returns the id of the process that has begun this log. */
    OptionalLong loggedPid() throws IOException {
        for (String line : logLines()) {
            Matcher matcher = LOG_LINE.matcher(line);
            if (matcher.matches()) {
                return OptionalLong.of(Long.parseLong(matcher.group(1)));
            }
        }
        return OptionalLong.empty();
    }

    /** Returns the last lines of the server's log, or why there are none. */
    String logTail() {
        try {
            List<String> lines = logLines();
            return String.join("\n", lines.subList(Math.max(0, lines.size() - LOG_TAIL), lines.size()));
        } catch (IOException e) {
            return "(" + path.resolve(LOG) + " cannot be read: " + e + ")";
        }
    }

    private List<String> logLines() throws IOException {
        try {
            // Latin-1 because any byte is valid in it: the log can quote data.
            return Files.readAllLines(path.resolve(LOG), StandardCharsets.ISO_8859_1);
        } catch (NoSuchFileException e) {
            return List.of();
        }
    }

    @Override
    public void close() throws IOException {
        try {
            lock.close();
        } finally {
            HELD.remove(path);
        }
    }

    private static FileAttribute<?> permissions(String permissions) {
        return PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions));
    }
}
