package dev.claudebench.config;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.Objects;

/** Says in words why a file cannot be read or written. The messages of Java are mostly the path alone. */
public final class FileErrors {
    private FileErrors() {}

    /** Returns the reason, without the path where the kind of the error says enough. */
    public static String reason(Exception error) {
        if (error.getCause() instanceof IOException cause) {
            return reason(cause);
        }
        if (error instanceof NoSuchFileException) {
            return "there is no such file";
        }
        if (error instanceof AccessDeniedException) {
            return "access denied";
        }
        if (error instanceof FileAlreadyExistsException there) {
            return there.getFile() + " is a file";
        }
        if (error instanceof CharacterCodingException) {
            return "it is no text in UTF-8";
        }
        String text = error instanceof FileSystemException failed ? failed.getReason() : error.getMessage();
        return Objects.requireNonNullElse(text, error.toString());
    }
}
