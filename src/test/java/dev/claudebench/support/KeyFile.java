package dev.claudebench.support;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.stream.Stream;

import org.jspecify.annotations.NullMarked;

/** A key file for a service under test. */
@NullMarked
public final class KeyFile {
    private KeyFile() {}

    /** Returns the key that {@link #with} writes for a permission. */
    public static String key(String permission) {
        return "cb_" + permission + "-1_secret-of-" + permission;
    }

    /** Writes a file with one key for each permission, and returns the option of the service that names it. */
    public static String with(Path file, String... permissions) {
        try {
            Files.write(file,
                    Stream.of(permissions)
                            .map(each -> each + "-1 " + each + " " + sha256(key(each)))
                            .toList());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return "-Dclaudebench.security.key-file=" + file;
    }

    private static String sha256(String text) {
        try {
            return HexFormat.of()
                    .formatHex(
                            MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
