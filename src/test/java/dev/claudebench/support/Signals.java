package dev.claudebench.support;

import java.io.IOException;
import java.io.UncheckedIOException;

import org.jspecify.annotations.NullMarked;

/** Sends signals that Java has no method for. */
@NullMarked
public final class Signals {
    private Signals() {}

    /**
     * Sends a signal to a process.
     *
     * @param name the name of the signal, such as {@code STOP}
     */
    public static void send(String name, long pid) {
        try {
            int exit = new ProcessBuilder("kill", "-" + name, Long.toString(pid)).start().waitFor();
            if (exit != 0) {
                throw new IllegalStateException("kill exited with " + exit);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
