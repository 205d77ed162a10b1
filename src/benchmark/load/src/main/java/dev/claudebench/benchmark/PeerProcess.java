package dev.claudebench.benchmark;

import static org.awaitility.Awaitility.await;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Function;

import dev.claudebench.support.Folders;

/** A server with a folder of its own, which is deleted at the end. */
final class PeerProcess implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Path folder;
    private final Process process;
    private final Thread lastResort;

    private PeerProcess(Path folder, Process process) {
        this.folder = folder;
        this.process = process;
        lastResort = new Thread(process::destroyForcibly);
        Runtime.getRuntime().addShutdownHook(lastResort);
    }

    /**
     * Starts a server and returns when it answers.
     *
     * @param command makes the command of the folder
     * @param answers a call that the server answers as soon as it is ready
     */
    static PeerProcess start(Function<Path, List<String>> command, Callable<?> answers) {
        try {
            Path folder = Files.createTempDirectory("peer");
            Path log = folder.resolve("log");
            PeerProcess started = new PeerProcess(folder, new ProcessBuilder(command.apply(folder))
                    .redirectErrorStream(true)
                    .redirectOutput(log.toFile())
                    .start());
            try {
                await("the server to answer").atMost(PATIENCE)
                        .failFast("the server has ended", () -> !started.process.isAlive())
                        .ignoreExceptions()
                        .until(() -> answers.call() != null);
            } catch (RuntimeException e) {
                e.addSuppressed(new IllegalStateException(Files.readString(log)));
                started.close();
                throw e;
            }
            return started;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Where a server can listen. */
    static URI freeUri(String scheme) {
        try {
            return URI.create(scheme + "://" + InetAddress.getLoopbackAddress().getHostAddress() + ":"
                    + Startup.freePort());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Duration cpu() {
        return Peer.cpuOf(process.toHandle());
    }

    @Override
    public void close() {
        process.destroyForcibly().onExit().join();
        Runtime.getRuntime().removeShutdownHook(lastResort);
        Folders.delete(folder);
    }

    /** Why a program cannot be started, if so. */
    static Optional<String> missing(String program) {
        return Arrays.stream(System.getenv("PATH").split(File.pathSeparator))
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)))
                        ? Optional.empty()
                        : Optional.of("`" + program + "` is not installed");
    }

    /** The first line that a program says; empty if it is not installed. */
    static String firstLine(String... command) {
        try {
            Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
            String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return said.lines().findFirst().orElse("");
        } catch (IOException notInstalled) {
            return "";
        }
    }
}
