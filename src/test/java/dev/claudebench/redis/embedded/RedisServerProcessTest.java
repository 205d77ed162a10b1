package dev.claudebench.redis.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.File;
import java.io.IOException;
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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import dev.claudebench.redis.embedded.EmbeddedRedisConfig.AppendFsync;

class RedisServerProcessTest extends EmbeddedServers {
    private final List<Socket> sockets = new ArrayList<>();

    @AfterEach
    void closeSockets() throws IOException {
        for (Socket socket : sockets) {
            socket.close();
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
    void serverOfAnotherDirectoryIsNotKilled() throws Exception {
        URI other = server(temp.resolve("other")).start();
        Path dir = Files.createDirectory(temp.resolve("mine"));
        Files.copy(temp.resolve("other").resolve(RedisDataDir.PID_FILE), dir.resolve(RedisDataDir.PID_FILE));

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

    /** None of them has the password; Redis answers each command with an error. */
    @Test
    void clientsThatDoNotReadAreBoundedTogether() throws Exception {
        URI uri = server(temp).start();
        byte[] commands = "x\r\n".repeat(100_000).getBytes(StandardCharsets.US_ASCII);
        for (int client = 0; client < 12; client++) {
            Socket socket = connect(uri);
            sockets.add(socket);
            for (int i = 0; i < 10; i++) {
                socket.getOutputStream().write(commands);
            }
        }

        await().atMost(Duration.ofSeconds(90)).until(() -> info(uri, "evicted_clients") > 0);
        assertThat(info(uri, "used_memory_peak")).isLessThan(200L << 20);
    }

    private static long info(URI uri, String name) throws IOException {
        try (Socket socket = connect(uri)) {
            return write(socket, "AUTH " + password(uri), "INFO", "QUIT").lines()
                    .filter(line -> line.startsWith(name + ":"))
                    .mapToLong(line -> Long.parseLong(line.substring(name.length() + 1)))
                    .findFirst()
                    .orElseThrow();
        }
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
}
