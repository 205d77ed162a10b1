package dev.claudebench.redis.embedded;

import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.net.URLConnection;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.Locale;

import redis.embedded.RedisExecProvider;

/**
 * The redis-server binary that {@code org.signal:embedded-redis} contains for a platform. Not extracted by that library,
 * which leaves a copy in the temporary directory after each crash and prefers a file of the same name in the working
 * directory.
 */
record RedisBinary(String name, URL resource) {
    static final String NAME_PREFIX = "redis-server-";

    /** Throws {@link EmbeddedRedisException} if there is no binary for this platform. */
    static RedisBinary forThisPlatform() {
        return forPlatform(System.getProperty("os.name"), System.getProperty("os.arch"));
    }

    static RedisBinary forPlatform(String osName, String osArch) {
        String os = osName.equalsIgnoreCase("Mac OS X") ? "darwin" : osName.toLowerCase(Locale.ROOT);
        String arch = switch (osArch) {
            case "x86_64" -> "amd64";
            case "aarch64" -> "arm64";
            case "x86", "i386" -> "386";
            default -> osArch;
        };
        String name = NAME_PREFIX + RedisExecProvider.redisVersion + "-" + os + "-" + arch;
        URL resource = RedisExecProvider.class.getClassLoader().getResource(name);
        if (resource == null) {
            throw new EmbeddedRedisException("There is no embedded Redis for " + osName + " on " + osArch
                    + ". Install valkey-server, or redis-server 7.0 or later, on the PATH. Or: "
                    + EmbeddedRedisException.REMEDY);
        }
        return new RedisBinary(name, resource);
    }

    /** Copies the binary to the directory, unless the very same is there. The caller must hold the lock of the directory. */
    Path installIn(Path directory) throws IOException {
        Path program = directory.resolve(name);
        byte[] binary = read();
        if (!Files.isExecutable(program) || !Arrays.equals(Files.readAllBytes(program), binary)) {
            Path part = directory.resolve(name + ".part");
            Files.write(part, binary);
            Files.setPosixFilePermissions(part, PosixFilePermissions.fromString("rwx------"));
            Files.move(part, program, StandardCopyOption.ATOMIC_MOVE);
        }
        return program;
    }

    private byte[] read() throws IOException {
        URLConnection source = resource.openConnection();
        source.setUseCaches(false);
        try (InputStream in = source.getInputStream()) {
            return in.readAllBytes();
        }
    }
}
