package dev.claudebench.redis.embedded;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.math.BigInteger;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

import dev.claudebench.redis.embedded.EmbeddedRedisConfig.AppendFsync;
import io.quarkus.runtime.configuration.MemorySize;

/** Starts embedded servers in a temporary directory, and ends what is left of them. */
abstract class EmbeddedServers {

    static final Duration START_TIMEOUT = Duration.ofSeconds(30);
    static final MemorySize MAX_MEMORY = new MemorySize(BigInteger.valueOf(20_000_000));

    final List<RedisServerProcess> servers = new ArrayList<>();
    final List<Process> processes = new ArrayList<>();
    Path temp;

    @BeforeEach
    void directory(@TempDir Path directory) {
        temp = directory;
    }

    @AfterEach
    void stopEverything() throws Exception {
        for (Process process : processes) {
            process.destroyForcibly().waitFor();
        }
        servers.forEach(RedisServerProcess::stop);
        try (var dirs = Files.walk(temp)) {
            for (Path pidFile : dirs.filter(file -> file.endsWith(RedisDataDir.PID_FILE)).toList()) {
                // A failed test may leave a server that no RedisServerProcess of this JVM has started.
                ProcessHandle.of(Long.parseLong(Files.readString(pidFile).strip()))
                        .filter(process -> process.info().command().orElse("").startsWith(temp.toString()))
                        .ifPresent(ProcessHandle::destroyForcibly);
            }
        }
    }

    /** Installs the shipped program under another name, by a link like the one of a distribution. */
    Path link(String directory, String name) throws IOException {
        Path bin = Files.createDirectory(temp.resolve(directory));
        return Files.createSymbolicLink(bin.resolve(name), RedisBinary.forThisPlatform().installIn(bin));
    }

    record Config(Path dataDir, AppendFsync appendFsync, Duration startTimeout, String program,
            MemorySize maxMemory)
            implements
                EmbeddedRedisConfig {}

    static Config config(Path dir, String program) {
        return new Config(dir, AppendFsync.EVERYSEC, START_TIMEOUT, program, MAX_MEMORY);
    }

    RedisServerProcess server(Path dir) {
        return server(config(dir, RedisProgram.SHIPPED), "");
    }

    RedisServerProcess server(Config config, String searchPath) {
        RedisServerProcess server = new RedisServerProcess(config, searchPath);
        servers.add(server);
        return server;
    }

    Process separateService(Path dir, String program) throws IOException {
        Process process = new ProcessBuilder(ProcessHandle.current().info().command().orElseThrow(), "-cp",
                System.getProperty("java.class.path"), Service.class.getName(), dir.toString(), program).start();
        processes.add(process);
        return process;
    }

    static ProcessHandle redisIn(Path dir) throws IOException {
        return ProcessHandle.of(Long.parseLong(Files.readString(dir.resolve(RedisDataDir.PID_FILE)).strip()))
                .orElseThrow();
    }

    static String password(URI uri) {
        return uri.getUserInfo().substring("default:".length());
    }

    /** Returns the reply to a command, the content of a bulk string. */
    static String send(URI uri, String command) throws IOException {
        return exchange(uri, "AUTH " + password(uri), command);
    }

    static String send(URI uri, String command, int lastLine) throws IOException {
        String reply = "";
        try (Socket socket = connect(uri)) {
            BufferedReader lines = write(socket, "AUTH " + password(uri), command);
            lines.readLine();
            for (int line = 0; line <= lastLine; line++) {
                reply = lines.readLine();
            }
        }
        return reply;
    }

    static String exchange(URI uri, String first, String second) throws IOException {
        try (Socket socket = connect(uri)) {
            BufferedReader lines = write(socket, first, second);
            String firstReply = lines.readLine();
            if (firstReply.startsWith("-")) {
                return firstReply;
            }
            String reply = lines.readLine();
            return reply.startsWith("$") ? lines.readLine() : reply;
        }
    }

    static Socket connect(URI uri) throws IOException {
        Socket socket = new Socket(uri.getHost(), uri.getPort());
        socket.setSoTimeout((int) START_TIMEOUT.toMillis());
        return socket;
    }

    static BufferedReader write(Socket socket, String... commands) throws IOException {
        socket.getOutputStream().write((String.join("\r\n", commands) + "\r\n").getBytes(StandardCharsets.UTF_8));
        return new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
    }

    /** A service in a separate JVM, which a test can kill. */
    static final class Service {

        private Service() {}

        public static void main(String[] args) throws Exception {
            System.out.println(new RedisServerProcess(config(Path.of(args[0]), args[1]), "").start());
            // Blocks until this process is killed or the test exits.
            var unused = System.in.read();
        }
    }
}
