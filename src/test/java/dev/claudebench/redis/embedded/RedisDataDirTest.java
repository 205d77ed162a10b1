package dev.claudebench.redis.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import dev.claudebench.redis.embedded.EmbeddedRedisConfig.AppendFsync;
import dev.claudebench.support.Signals;

/** No two servers run in one directory, and nobody else has a hand in it. */
class RedisDataDirTest extends EmbeddedServers {

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
    void hangingServerOfACrashedServiceIsKilled() throws Exception {
        ProcessHandle orphan = orphan();
        Signals.send("STOP", orphan.pid());

        URI second = server(
                new Config(temp, AppendFsync.EVERYSEC, Duration.ofSeconds(3), RedisProgram.SHIPPED, MAX_MEMORY), "")
                .start();

        assertThat(Processes.hasExited(orphan)).isTrue();
        assertThat(send(second, "GET kept")).isEqualTo("yes");
    }

    /** As after a full disk, on which Redis cannot write its pid file. */
    @Test
    void serverOfACrashedServiceIsFoundWithoutItsFiles() throws Exception {
        ProcessHandle orphan = orphan();
        for (String file : List.of(RedisDataDir.PID_FILE, RedisDataDir.URL, RedisDataDir.LOG, RedisDataDir.CONFIG)) {
            Files.delete(temp.resolve(file));
        }

        URI second = server(temp).start();

        assertThat(Processes.hasExited(orphan)).isTrue();
        assertThat(send(second, "GET kept")).isEqualTo("yes");
    }

    @Test
    void serverThatCannotWriteItsLogIsNotLeftRunning() throws Exception {
        Path target = Files.createDirectory(temp.resolve("bin"));
        Path program = target.resolve("redis-server");
        Files.writeString(program, """
                                   #!/bin/sh
                                   case "$1" in --version) exec '%1$s' "$@";; esac
                                   sed -i 's|^logfile .*|logfile /dev/null|; /^pidfile/d' redis.conf
                                   exec '%1$s' "$@"
                                   """.formatted(RedisBinary.forThisPlatform().installIn(target)));
        Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwx------"));
        Path dir = temp.resolve("data");
        Config config = new Config(dir, AppendFsync.EVERYSEC, Duration.ofSeconds(2), program.toString(), MAX_MEMORY);

        assertThatThrownBy(() -> server(config, "").start()).isInstanceOf(EmbeddedRedisException.class);

        assertThat(ProcessHandle.allProcesses())
                .noneMatch(process -> process.info().commandLine().orElse("").contains(dir.toString()));
    }

    /** Kills a service. Returns its server, which has the key kept. */
    private ProcessHandle orphan() throws Exception {
        Process service = separateService(temp, RedisProgram.SHIPPED);
        assertThat(send(URI.create(service.inputReader().readLine()), "SET kept yes")).isEqualTo("+OK");
        ProcessHandle orphan = redisIn(temp);
        service.destroyForcibly().waitFor();
        assertThat(Processes.hasExited(orphan)).isFalse();
        return orphan;
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
    void plantedProgramOfTheSameSizeIsReplaced() throws Exception {
        Path genuine = RedisBinary.forThisPlatform().installIn(temp);
        byte[] binary = Files.readAllBytes(genuine);
        byte[] planted = binary.clone();
        byte[] script = "#!/bin/sh\ntouch planted\nexit 1\n#".getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(script, 0, planted, 0, script.length);
        Files.write(genuine, planted);

        assertThat(send(server(temp).start(), "PING")).isEqualTo("+PONG");

        assertThat(genuine).hasBinaryContent(binary);
        assertThat(temp.resolve("planted")).doesNotExist();
    }

    @Test
    void nobodyElseIsLetIn() throws Exception {
        server(temp).start();
        servers.get(0).stop();
        Files.setPosixFilePermissions(temp, PosixFilePermissions.fromString("rwxrwxrwx"));
        try (var files = Files.walk(temp)) {
            for (Path file : files.toList()) {
                Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxrwxrwx"));
            }
        }

        assertThat(send(server(temp).start(), "PING")).isEqualTo("+PONG");

        assertThat(permissions(temp)).isEqualTo("rwx------");
        for (String file : List.of(RedisDataDir.CONFIG, RedisDataDir.URL)) {
            assertThat(permissions(temp.resolve(file))).isEqualTo("rw-------");
        }
        for (String file : List.of("appendonlydir", "appendonlydir/appendonly.aof.manifest", "lock")) {
            assertThat(permissions(temp.resolve(file))).as(file).endsWith("------");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "redis.log", "appendonlydir"})
    @EnabledIf("canGiveAway")
    void whatBelongsToAnotherUserIsRefused(String name) throws Exception {
        Path dir = Files.createDirectory(temp.resolve("data"));
        Path planted = dir.resolve(name);
        if (!name.isEmpty()) {
            Files.createSymbolicLink(planted, temp);
        }
        Files.setAttribute(planted, "unix:uid", 12345, LinkOption.NOFOLLOW_LINKS);

        assertThatThrownBy(() -> server(dir).start()).isInstanceOf(EmbeddedRedisException.class)
                .hasMessageContaining(dir.toRealPath().resolve(name).toString())
                .hasMessageContaining("12345")
                .hasMessageContaining("claudebench.embedded-redis.data-dir");
        assertThat(dir.resolve(RedisDataDir.CONFIG)).doesNotExist();
    }

    /** Only root can give a file to another user. */
    static boolean canGiveAway() {
        return "root".equals(System.getProperty("user.name"));
    }

    private static String permissions(Path file) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
    }
}
