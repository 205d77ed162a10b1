package dev.claudebench.redis.embedded;

import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

/**
 * The directory of the embedded server. A file lock protects it from other services until it is closed; the operating system
 * releases the lock if this process crashes.
 */
final class RedisDataDir implements Closeable {
    static final String CONFIG = "redis.conf";
    /** Contains the server's URI with its password, for {@code redis-cli -u}. */
    static final String URL = "url";
    static final String PID_FILE = "redis.pid";
    static final String LOG = "redis.log";
    private static final String LOCK = "lock";
    private static final Set<PosixFilePermission> OF_OWNER = PosixFilePermissions.fromString("rwx------");

    /**
     * Directories that this JVM has locked. Checked before the lock file is opened: POSIX releases a lock of a process when
     * the process closes any descriptor of that file.
     */
    private static final Set<Path> LOCKED = ConcurrentHashMap.newKeySet();

    private final Path path;
    private final FileChannel lock;

    private RedisDataDir(Path path, FileChannel lock) {
        this.path = path;
        this.lock = lock;
    }

    /**
     * Creates the directory if it is missing, lets nobody else in and locks it. Fails if it belongs to another user or another
     * service holds the lock.
     */
    static synchronized RedisDataDir lock(Path requested) throws IOException {
        Path path = Files.createDirectories(requested.toAbsolutePath().normalize(), permissions("rwx------"))
                .toRealPath();
        restrict(path, self(path));
        FileChannel lock = LOCKED.contains(path) ? null : tryLock(path.resolve(LOCK));
        if (lock == null) {
            throw new EmbeddedRedisException("The embedded Redis cannot use " + path + ": another coordinator uses it."
                    + " Set claudebench.embedded-redis.data-dir to another directory,"
                    + " or quarkus.redis.hosts to share one Redis");
        }
        LOCKED.add(path);
        return new RedisDataDir(path, lock);
    }

    /** Returns null if another service holds the lock. */
    private static @Nullable FileChannel tryLock(Path file) throws IOException {
        FileChannel channel = FileChannel.open(file, Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE),
                permissions("rw-------"));
        FileLock lock = null;
        try {
            lock = channel.tryLock();
            return lock == null ? null : channel;
        } catch (OverlappingFileLockException e) {
            // Another class loader of this JVM holds the lock.
            return null;
        } finally {
            if (lock == null) {
                channel.close();
            }
        }
    }

    Path path() {
        return path;
    }

    /** Lets nobody else read what is in the directory. Fails if another user has put anything there, such as a program or a link. */
    void restrictContent() throws IOException {
        UserPrincipal self = self(path);
        try (Stream<Path> files = Files.walk(path)) {
            for (Path file : (Iterable<Path>) files::iterator) {
                restrict(file, self);
            }
        }
    }

    private static void restrict(Path file, UserPrincipal self) throws IOException {
        UserPrincipal owner = Files.getOwner(file, LinkOption.NOFOLLOW_LINKS);
        if (!owner.equals(self)) {
            throw new EmbeddedRedisException("The embedded Redis cannot use " + file + ", which belongs to " + owner
                    + " and not to " + self + ". Give it to " + self + " if nobody else could have changed it, or set"
                    + " claudebench.embedded-redis.data-dir to another directory");
        }
        if (!Files.isSymbolicLink(file)) {
            Set<PosixFilePermission> permissions = EnumSet.copyOf(OF_OWNER);
            permissions.retainAll(Files.getPosixFilePermissions(file));
            Files.setPosixFilePermissions(file, permissions);
        }
    }

    /** Returns the user that files of this process belong to, which need not have a name. */
    private static UserPrincipal self(Path path) throws IOException {
        Path probe = Files.createTempFile(path, "owner", null);
        try {
            return Files.getOwner(probe);
        } finally {
            Files.delete(probe);
        }
    }

    /** Replaces a file that contains the password. Only the owner can ever read it. */
    void writeSecret(String name, String content) throws IOException {
        Path file = path.resolve(name);
        Files.deleteIfExists(file);
        Files.createFile(file, permissions("rw-------"));
        Files.writeString(file, content);
    }

    /** Deletes the pid file and rotates the log, of which one earlier version is kept. */
    void prepareForLaunch() throws IOException {
        deletePidFile();
        Path log = path.resolve(LOG);
        if (Files.exists(log)) {
            Files.move(log, path.resolve(LOG + ".1"), StandardCopyOption.REPLACE_EXISTING);
        }
    }

    void deletePidFile() throws IOException {
        Files.deleteIfExists(path.resolve(PID_FILE));
    }

    /** Returns whether the server listens and has loaded its data. */
    boolean isReadyLogged() {
        return logLines().stream().anyMatch(line -> line.contains("Ready to accept connections"));
    }

    /** Returns the last ten lines of the server's log, or why it cannot be read. */
    String logTail() {
        List<String> lines = logLines();
        return String.join("\n", lines.subList(Math.max(0, lines.size() - 10), lines.size()));
    }

    private List<String> logLines() {
        try {
            // Latin-1 because every byte is valid in it: the log may quote data.
            return Files.readAllLines(path.resolve(LOG), StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            return List.of("(cannot be read: " + e + ")");
        }
    }

    @Override
    public void close() throws IOException {
        try {
            lock.close();
        } finally {
            LOCKED.remove(path);
        }
    }

    private static FileAttribute<?> permissions(String permissions) {
        return PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions));
    }
}
