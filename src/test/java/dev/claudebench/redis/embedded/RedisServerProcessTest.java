package dev.claudebench.redis.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.math.BigInteger;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import dev.claudebench.redis.embedded.EmbeddedRedisConfig.AppendFsync;
import dev.claudebench.support.Signals;
import io.quarkus.runtime.configuration.MemorySize;

class RedisServerProcessTest {

    private static final Duration START_TIMEOUT = Duration.ofSeconds(30);
    private static final MemorySize MAX_MEMORY = new MemorySize(BigInteger.valueOf(20_000_000));

    private final List<RedisServerProcess> servers = new ArrayList<>();
    private final List<Process> processes = new ArrayList<>();
    private Path temp;

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

    @Test
    void secondStartReturnsTheRunningServer() throws Exception {
        RedisServerProcess server = server(temp);

        assertThat(server.start()).isEqualTo(server.start());
    }

    @Test
    void dataSurvivesStopAndStart() throws Exception {
        RedisServerProcess server = server(temp);
        URI first = server.start();
        assertThat(send(first, "SET kept yes")).isEqualTo("+OK");
        server.stop();
        server.stop();
        assertThatThrownBy(() -> send(first, "PING")).isInstanceOf(ConnectException.class);
        assertThat(temp.resolve(RedisDataDir.PID_FILE)).doesNotExist();

        URI second = server.start();

        assertThat(second.getUserInfo()).as("a new password").isNotEqualTo(first.getUserInfo());
        assertThat(send(second, "GET kept")).isEqualTo("yes");
    }

    @Test
    void dataSurvivesACrashOfRedis() throws Exception {
        RedisServerProcess server = server(temp);
        assertThat(send(server.start(), "SET kept yes")).isEqualTo("+OK");
        ProcessHandle redis = redisIn(temp);
        redis.destroyForcibly();
        await().until(() -> Processes.hasExited(redis));
        server.stop();

        assertThat(send(server.start(), "GET kept")).isEqualTo("yes");
    }

    @Test
    void serverThatExitsIsRestartedAtTheSameAddress() throws Exception {
        URI uri = server(temp).start();
        assertThat(send(uri, "SET kept yes")).isEqualTo("+OK");
        redisIn(temp).destroyForcibly();

        await().ignoreExceptions().until(() -> send(uri, "GET kept").equals("yes"));
        assertThat(Files.readString(temp.resolve(RedisDataDir.URL))).isEqualTo(uri.toString());
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void serverOfACrashedServiceIsReplaced(boolean installed) throws Exception {
        String program = installed ? link("bin", "valkey-server").toString() : RedisProgram.SHIPPED;
        Path dir = temp.resolve("data");
        Process service = separateService(dir, program);
        URI first = URI.create(service.inputReader().readLine());
        assertThat(send(first, "SET kept yes")).isEqualTo("+OK");
        ProcessHandle orphan = redisIn(dir);
        service.destroyForcibly().waitFor();
        assertThat(Processes.hasExited(orphan)).isFalse();

        URI second = server(dir).start();

        assertThat(Processes.hasExited(orphan)).isTrue();
        assertThat(redisIn(dir).pid()).isNotEqualTo(orphan.pid());
        assertThat(send(second, "GET kept")).isEqualTo("yes");
    }

    @Test
    void hangingServerOfACrashedServiceStopsTheStart() throws Exception {
        Process service = separateService(temp, RedisProgram.SHIPPED);
        URI first = URI.create(service.inputReader().readLine());
        assertThat(send(first, "SET kept yes")).isEqualTo("+OK");
        ProcessHandle orphan = redisIn(temp);
        service.destroyForcibly().waitFor();
        Signals.send("STOP", orphan.pid());

        assertThatThrownBy(() -> server(temp).start()).isInstanceOf(EmbeddedRedisException.class)
                .hasMessageContaining("Process " + orphan.pid() + " ")
                .hasMessageContaining("kill it")
                .hasMessageContaining(temp.toRealPath().resolve(RedisDataDir.PID_FILE).toString());
        assertThat(Processes.hasExited(orphan)).isFalse();

        Signals.send("CONT", orphan.pid());
        assertThat(send(server(temp).start(), "GET kept")).isEqualTo("yes");
        assertThat(Processes.hasExited(orphan)).isTrue();
    }

    @Test
    void directoryInUseIsRefused() throws Exception {
        URI inUse = URI.create(separateService(temp, RedisProgram.SHIPPED).inputReader().readLine());

        assertThatThrownBy(() -> server(temp).start())
                .isInstanceOf(EmbeddedRedisException.class)
                .hasMessageContaining(temp.toRealPath().toString())
                .hasMessageContaining("another coordinator")
                .hasMessageContaining("claudebench.embedded-redis.data-dir")
                .hasMessageContaining("quarkus.redis.hosts");
        assertThat(send(inUse, "PING")).isEqualTo("+PONG");
    }

    @Test
    void refusalInTheSameJvmKeepsTheLock() throws Exception {
        server(temp).start();
        assertThatThrownBy(() -> server(temp).start()).hasMessageContaining("another coordinator");

        Process other = separateService(temp, RedisProgram.SHIPPED);

        assertThat(other.errorReader().lines()).anyMatch(line -> line.contains("another coordinator"));
        assertThat(other.waitFor()).isNotZero();
    }

    @Test
    void unrelatedProcessInAStalePidFileIsNotKilled() throws Exception {
        Process unrelated = new ProcessBuilder("sleep", "300").start();
        processes.add(unrelated);
        Files.writeString(temp.resolve(RedisDataDir.PID_FILE), unrelated.pid() + "\n");

        assertThat(send(server(temp).start(), "PING")).isEqualTo("+PONG");
        assertThat(unrelated.isAlive()).isTrue();
    }

    @Test
    void serverOfAnotherDirectoryIsNotKilled() throws Exception {
        URI other = server(temp.resolve("other")).start();
        Path dir = Files.createDirectory(temp.resolve("mine"));
        Path pidFile = Files.copy(temp.resolve("other").resolve(RedisDataDir.PID_FILE),
                dir.resolve(RedisDataDir.PID_FILE));

        assertThatThrownBy(() -> server(dir).start()).isInstanceOf(EmbeddedRedisException.class)
                .hasMessageContaining("Process " + redisIn(dir).pid() + " ");
        assertThat(send(other, "PING")).isEqualTo("+PONG");

        // as the message says
        Files.delete(pidFile);
        assertThat(send(server(dir).start(), "PING")).isEqualTo("+PONG");
        assertThat(send(other, "PING")).isEqualTo("+PONG");
    }

    @Test
    void onlyTheOwnerCanReadThePassword() throws Exception {
        URI uri = server(temp.resolve("new")).start();
        Path dir = temp.resolve("new");

        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(dir))).isEqualTo("rwx------");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(dir.resolve(RedisDataDir.CONFIG))))
                .isEqualTo("rw-------");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(dir.resolve(RedisDataDir.URL))))
                .isEqualTo("rw-------");
        assertThat(password(uri)).hasSize(64);
        assertThat(redisIn(dir).info().commandLine()).hasValueSatisfying(
                commandLine -> assertThat(commandLine).contains(RedisDataDir.CONFIG).doesNotContain(password(uri)));
        assertThat(Files.readString(dir.resolve(RedisDataDir.LOG))).doesNotContain(password(uri));
    }

    @Test
    void clientsMustAuthenticate() throws Exception {
        URI uri = server(temp).start();

        assertThat(exchange(uri, "AUTH wrong", "PING")).startsWith("-WRONGPASS");
        assertThat(exchange(uri, "PING", "PING")).startsWith("-NOAUTH");
    }

    @Test
    void listensOnLoopbackOnly() throws Exception {
        URI uri = server(temp).start();

        assertThat(uri.getHost()).isEqualTo("127.0.0.1");
        assertThat(send(uri, "CONFIG GET bind", 4)).isEqualTo("127.0.0.1");
        List<InetAddress> others = NetworkInterface.networkInterfaces()
                .flatMap(NetworkInterface::inetAddresses)
                .filter(address -> !address.isLoopbackAddress())
                .toList();
        assertThat(others).allSatisfy(address -> assertThatThrownBy(() -> new Socket(address, uri.getPort()).close())
                .isInstanceOf(IOException.class));
    }

    @Test
    void appendFsyncIsConfigurable() throws Exception {
        RedisServerProcess server = new RedisServerProcess(
                new Config(temp, AppendFsync.ALWAYS, START_TIMEOUT, RedisProgram.SHIPPED, MAX_MEMORY), "");
        servers.add(server);

        assertThat(send(server.start(), "CONFIG GET appendfsync", 4)).isEqualTo("always");
    }

    @Test
    void memoryIsLimited() throws Exception {
        URI uri = server(temp).start();

        assertThat(send(uri, "CONFIG GET maxmemory", 4)).isEqualTo("20000000");
        assertThat(send(uri, "CONFIG GET client-output-buffer-limit", 4)).contains("normal 67108864 33554432 30");
        assertThat(send(uri, "EVAL \"return redis.call('SET','big',string.rep('x',30000000))\" 0")).isEqualTo("+OK");
        assertThat(send(uri, "SET more no")).startsWith("-OOM");
        assertThat(send(uri, "EXISTS big")).as("nothing is evicted").isEqualTo(":1");
    }

    @Test
    void directoryNameMayContainSpecialCharacters() throws Exception {
        Path dir = temp.resolve("a \"b\" 'c' \\x41 # $d");

        assertThat(send(server(dir).start(), "SET kept yes")).isEqualTo("+OK");
        assertThat(dir.resolve("appendonlydir")).isDirectory();
    }

    @Test
    void failureShowsTheLogAndUnlocksTheDirectory() throws Exception {
        RedisServerProcess server = server(temp);
        send(server.start(), "SET kept yes");
        server.stop();
        Path manifest = temp.resolve("appendonlydir").resolve("appendonly.aof.manifest");
        String good = Files.readString(manifest);
        Files.writeString(manifest, "rubbish\n");

        assertThatThrownBy(server::start).isInstanceOf(EmbeddedRedisException.class)
                .hasMessageContaining(RedisDataDir.LOG)
                .hasMessageContaining("rubbish");

        Files.writeString(manifest, good);
        assertThat(send(server.start(), "GET kept")).isEqualTo("yes");
    }

    @ParameterizedTest
    @ValueSource(strings = {"zeros", "some text\n",
            "*1\r\n$5\r\nMULTI\r\n*3\r\n$3\r\nSET\r\n$4\r\nlost\r\n$3\r\nyzeros"})
    void damagedEndOfTheAppendOnlyFileIsCutOffAndKept(String end) throws Exception {
        RedisServerProcess server = server(temp);
        String kept = "EVAL \"redis.call('SET','kept','no') redis.call('SET','kept','yes') return 1\" 0";
        assertThat(send(server.start(), kept)).isEqualTo(":1");
        server.stop();
        byte[] whole = Files.readAllBytes(appendOnlyFile());
        byte[] damage = end.replace("zeros", "\0".repeat(512)).getBytes(StandardCharsets.US_ASCII);
        Files.write(appendOnlyFile(), damage, StandardOpenOption.APPEND);

        URI uri = server.start();

        assertThat(send(uri, "GET kept")).isEqualTo("yes");
        assertThat(send(uri, "EXISTS lost")).isEqualTo(":0");
        assertThat(appendOnlyFile()).hasBinaryContent(whole);
        assertThat(cutOff()).hasSize(1).allSatisfy(file -> assertThat(file).hasBinaryContent(damage));
    }

    @Test
    void otherDamageOfTheAppendOnlyFileIsReportedAndNotRepaired() throws Exception {
        RedisServerProcess server = server(temp);
        URI uri = server.start();
        for (int i = 0; i < 3; i++) {
            send(uri, "EVAL \"redis.call('SET','a','" + i + "') redis.call('SET','b','" + i + "') return 1\" 0");
        }
        server.stop();
        String good = Files.readString(appendOnlyFile());
        String damaged = good.replaceFirst("\\*1\r\n\\$5", "\0".repeat(6));
        Files.writeString(appendOnlyFile(), damaged);

        assertThatThrownBy(server::start).isInstanceOf(EmbeddedRedisException.class)
                .hasMessageContaining("is left as it is")
                .hasMessageContaining("appendonly.aof.1.incr.aof")
                .hasMessageContaining(
                        temp.toRealPath().resolve(AppendOnlyFile.CHECK_TOOL)
                                + " --fix appendonlydir/appendonly.aof.manifest");

        assertThat(appendOnlyFile()).hasBinaryContent(damaged.getBytes(StandardCharsets.UTF_8));
        assertThat(cutOff()).isEmpty();
    }

    @Test
    void damagedEndOfAnOlderPartOfTheAppendOnlyFileIsNotRepaired() throws Exception {
        RedisServerProcess server = server(temp);
        send(server.start(), "SET kept yes");
        server.stop();
        Files.writeString(appendOnlyFile(), "damage", StandardOpenOption.APPEND);
        byte[] damaged = Files.readAllBytes(appendOnlyFile());
        Files.createFile(appendOnlyFile().resolveSibling("appendonly.aof.2.incr.aof"));
        Files.writeString(appendOnlyFile().resolveSibling("appendonly.aof.manifest"),
                "file appendonly.aof.2.incr.aof seq 2 type i\n", StandardOpenOption.APPEND);

        assertThatThrownBy(server::start).isInstanceOf(EmbeddedRedisException.class)
                .hasMessageContaining("is left as it is");

        assertThat(appendOnlyFile()).hasBinaryContent(damaged);
        assertThat(cutOff()).isEmpty();
    }

    private Path appendOnlyFile() {
        return temp.resolve("appendonlydir").resolve("appendonly.aof.1.incr.aof");
    }

    private List<Path> cutOff() throws IOException {
        try (var files = Files.list(temp.resolve("appendonlydir"))) {
            return files.filter(file -> file.toString().contains(".cut-off-")).toList();
        }
    }

    @Test
    void serverThatIsNotReadyInTimeIsTerminated() throws Exception {
        RedisServerProcess server = new RedisServerProcess(
                new Config(temp, AppendFsync.EVERYSEC, Duration.ofNanos(1), RedisProgram.SHIPPED, MAX_MEMORY), "");
        servers.add(server);

        assertThatThrownBy(server::start).isInstanceOf(EmbeddedRedisException.class)
                .hasMessageContaining("claudebench.embedded-redis.start-timeout");

        assertThat(ProcessHandle.allProcesses())
                .noneMatch(process -> process.info().command().orElse("").startsWith(temp.toString()));
        assertThat(send(server(temp).start(), "PING")).isEqualTo("+PONG");
    }

    @Test
    void damagedProgramIsReplaced() throws Exception {
        RedisServerProcess server = server(temp);
        server.start();
        server.stop();
        Path program = temp.resolve(RedisBinary.forThisPlatform().name());
        // Delete it first: writing to a file that has just been executed may fail with "text file busy".
        Files.delete(program);
        Files.writeString(program, "cut short");

        assertThat(send(server.start(), "PING")).isEqualTo("+PONG");
    }

    @Test
    void installedServerIsPreferred() throws Exception {
        Path redis = link("first", "redis-server");
        Path valkey = link("second", "valkey-server");
        String searchPath = String.join(File.pathSeparator, "", "relative", temp.resolve("missing").toString(),
                temp.resolve("first").toString(), temp.resolve("second").toString());

        assertThat(executable(server(config(temp.resolve("a"), RedisProgram.AUTO), searchPath).start()))
                .as("Valkey before Redis, wherever it is on the path")
                .isEqualTo(valkey.toString());
        assertThat(executable(
                server(config(temp.resolve("b"), RedisProgram.AUTO), temp.resolve("first").toString()).start()))
                .isEqualTo(redis.toString());
        assertThat(executable(server(config(temp.resolve("c"), redis.toString()), searchPath).start()))
                .isEqualTo(redis.toString());
        assertThat(executable(server(config(temp.resolve("d"), RedisProgram.SHIPPED), searchPath).start()))
                .startsWith(temp.resolve("d").toString());
        assertThat(executable(server(config(temp.resolve("e"), RedisProgram.AUTO), "").start()))
                .startsWith(temp.resolve("e").toString());
    }

    @ParameterizedTest
    @CsvSource({
            "echo 'Redis server v=6.2.14 sha=00000000:0', Redis 6.2.14",
            "echo 'Hello', Hello",
            "exit 1, --version"})
    void unusableInstalledServerIsSkipped(String script, String reason) throws Exception {
        Path bin = Files.createDirectory(temp.resolve("bin"));
        Path program = Files.writeString(bin.resolve("redis-server"), "#!/bin/sh\n" + script + "\n");
        Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwx------"));
        Path dir = temp.resolve("data");

        assertThatThrownBy(() -> server(config(dir, program.toString()), "").start())
                .isInstanceOf(EmbeddedRedisException.class)
                .hasMessageContaining(program.toString())
                .hasMessageContaining(reason)
                .hasMessageContaining("claudebench.embedded-redis.program");
        assertThat(executable(server(config(dir, RedisProgram.AUTO), bin.toString()).start()))
                .startsWith(dir.toString());
    }

    @Test
    void programThatDoesNotExistIsReported() {
        assertThatThrownBy(() -> server(config(temp, "/nowhere/redis-server"), "").start())
                .isInstanceOf(EmbeddedRedisException.class)
                .hasMessageContaining("/nowhere/redis-server")
                .hasMessageContaining("claudebench.embedded-redis.program");
    }

    /** Installs the shipped program under another name, by a link like the one of a distribution. */
    private Path link(String directory, String name) throws IOException {
        Path bin = Files.createDirectory(temp.resolve(directory));
        return Files.createSymbolicLink(bin.resolve(name), RedisBinary.forThisPlatform().installIn(bin));
    }

    /** Returns the path by which the server was executed. */
    private static String executable(URI uri) throws IOException {
        try (Socket socket = connect(uri)) {
            return write(socket, "AUTH " + password(uri), "INFO server", "QUIT").lines()
                    .filter(line -> line.startsWith("executable:"))
                    .findFirst()
                    .orElseThrow()
                    .substring("executable:".length());
        }
    }

    @Test
    void unsupportedPlatformIsReportedWithARemedy() {
        assertThatThrownBy(() -> RedisBinary.forPlatform("Windows 11", "amd64"))
                .isInstanceOf(EmbeddedRedisException.class)
                .hasMessageContaining("Windows 11")
                .hasMessageContaining("quarkus.redis.hosts");
        assertThat(RedisBinary.forPlatform("Linux", "aarch64").name()).endsWith("linux-arm64");
        assertThat(RedisBinary.forPlatform("Mac OS X", "x86_64").name()).endsWith("darwin-amd64");
    }

    private record Config(Path dataDir, AppendFsync appendFsync, Duration startTimeout, String program,
            MemorySize maxMemory)
            implements
                EmbeddedRedisConfig {}

    private static Config config(Path dir, String program) {
        return new Config(dir, AppendFsync.EVERYSEC, START_TIMEOUT, program, MAX_MEMORY);
    }

    private RedisServerProcess server(Path dir) {
        return server(config(dir, RedisProgram.SHIPPED), "");
    }

    private RedisServerProcess server(Config config, String searchPath) {
        RedisServerProcess server = new RedisServerProcess(config, searchPath);
        servers.add(server);
        return server;
    }

    private Process separateService(Path dir, String program) throws IOException {
        Process process = new ProcessBuilder(ProcessHandle.current().info().command().orElseThrow(), "-cp",
                System.getProperty("java.class.path"), Service.class.getName(), dir.toString(), program).start();
        processes.add(process);
        return process;
    }

    private static ProcessHandle redisIn(Path dir) throws IOException {
        return ProcessHandle.of(Long.parseLong(Files.readString(dir.resolve(RedisDataDir.PID_FILE)).strip()))
                .orElseThrow();
    }

    private static String password(URI uri) {
        return uri.getUserInfo().substring("default:".length());
    }

    /** Returns the reply to a command, the content of a bulk string. */
    private static String send(URI uri, String command) throws IOException {
        return exchange(uri, "AUTH " + password(uri), command);
    }

    private static String send(URI uri, String command, int lastLine) throws IOException {
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

    private static String exchange(URI uri, String first, String second) throws IOException {
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

    private static Socket connect(URI uri) throws IOException {
        Socket socket = new Socket(uri.getHost(), uri.getPort());
        socket.setSoTimeout((int) START_TIMEOUT.toMillis());
        return socket;
    }

    private static BufferedReader write(Socket socket, String... commands) throws IOException {
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
