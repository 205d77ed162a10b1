package dev.claudebench.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import dev.claudebench.support.RedisProcess;
import dev.claudebench.support.Rpc;
import dev.claudebench.support.ServiceProcess;

/** The command that makes a release refuses what is not ready for one, and what it makes can be used without the sources. */
@Tag("embedded")
class ReleaseIT {
    private static final Duration TIMEOUT = Duration.ofMinutes(10);
    private static final Path RELEASES = Path.of("target/release");

    @TempDir
    private Path temp;

    private String run(Path folder, int exitCode, String... command) throws IOException, InterruptedException {
        Path output = Files.createTempFile(temp, "command", ".out");
        ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toAbsolutePath().toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile());
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        // with it, the build would check the layout of the code, too
        builder.environment().remove("CI");
        Process process = builder.start();
        boolean ends = process.waitFor(TIMEOUT.toSeconds(), TimeUnit.SECONDS);
        process.destroyForcibly();
        String printed = Files.readString(output);
        assertThat(ends).as(printed).isTrue();
        assertThat(process.exitValue()).as(printed).isEqualTo(exitCode);
        return printed.strip();
    }

    private void git(Path folder, String... arguments) throws IOException, InterruptedException {
        run(folder, 0, Stream.concat(Stream.of("git", "-c", "user.name=anna", "-c", "user.email=anna@example.com"),
                Stream.of(arguments)).toArray(String[]::new));
    }

    private static void replace(Path file, String pattern, String replacement) throws IOException {
        Files.writeString(file, Files.readString(file).replaceFirst(pattern, replacement));
    }

    /** Returns a clone of this repository, with the commands as they are here. */
    private Path copy() throws IOException, InterruptedException {
        Path copy = temp.resolve("clone");
        git(Path.of(""), "clone", "-q", ".", copy.toString());
        run(Path.of(""), 0, "cp", "-r", "src/release", copy.resolve("src").toString());
        git(copy, "add", "-A");
        git(copy, "commit", "-q", "--allow-empty", "-m", "The commands as they are");
        return copy;
    }

    private String refusal(Path copy, String tag) throws IOException, InterruptedException {
        return run(copy, 2, "src/release/run", tag, "registry.example/claudebench-coordinator");
    }

    @Test
    void whatIsNotReadyIsRefused() throws IOException, InterruptedException {
        Path copy = copy();
        assertThat(run(copy, 2, "src/release/run", "v9.8.7")).contains("usage: src/release/run <tag> <image>");
        assertThat(refusal(copy, "9.8.7")).isEqualTo("release: a tag is v and a version, such as v1.2.3, not 9.8.7");
        assertThat(refusal(copy, "v9.8.7")).isEqualTo("release: pom.xml does not have the version 9.8.7");
        replace(copy.resolve("pom.xml"), "0[.]1[.]0-SNAPSHOT", "9.8.7");
        assertThat(refusal(copy, "v9.8.7")).isEqualTo("release: CHANGELOG.md has no section [9.8.7]");
        replace(copy.resolve("CHANGELOG.md"), "## \\[Unreleased]", "## [9.8.7] - 2026-01-01");
        assertThat(refusal(copy, "v9.8.7")).isEqualTo("release: there are changes that are not committed");
        git(copy, "commit", "-q", "-a", "-m", "Release 9.8.7");
        assertThat(refusal(copy, "v9.8.7")).startsWith("release: there is no tag v9.8.7");
        git(copy, "tag", "-a", "-m", "Release", "v9.8.7");
        git(copy, "commit", "-q", "--allow-empty", "-m", "Go on");
        assertThat(refusal(copy, "v9.8.7")).isEqualTo("release: v9.8.7 is not checked out");
        assertThat(copy.resolve("target")).doesNotExist();
    }

    @Test
    void archiveOfThePackageServesAndIsTheSameAgain() throws IOException, InterruptedException {
        run(Path.of(""), 0, "src/release/archive", "9.8.7");
        String sum = Files.readString(RELEASES.resolve("SHA256SUMS"));
        run(Path.of(""), 0, "src/release/archive", "9.8.7");
        assertThat(Files.readString(RELEASES.resolve("SHA256SUMS"))).isEqualTo(sum);
        assertServes(RELEASES, "9.8.7");
    }

    @Test
    @Tag("slow")
    void tagBecomesAnArchiveAndAnImage() throws IOException, InterruptedException {
        Path copy = copy();
        replace(copy.resolve("pom.xml"), "0[.]1[.]0-SNAPSHOT", "9.8.7");
        replace(copy.resolve("CHANGELOG.md"), "## \\[Unreleased]", "## [9.8.7] - 2026-01-01");
        git(copy, "commit", "-q", "-a", "-m", "Release 9.8.7");
        git(copy, "tag", "-a", "-m", "Release", "v9.8.7");
        try (ImageRegistry registry = new ImageRegistry()) {
            run(copy, 0, "src/release/run", "v9.8.7", registry.host() + "/team/claudebench-coordinator",
                    "-Dquarkus.container-image.insecure=true",
                    "-Dquarkus.jib.base-jvm-image=" + registry.host() + "/base:1");
            assertThat(registry.config("9.8.7").path("User").textValue()).isEqualTo("10001:10001");
            assertThat(registry.config("9.8.7").path("Entrypoint").toString()).contains("quarkus-run.jar");
        }
        assertThat(assertServes(copy.resolve(RELEASES), "9.8.7")).isEqualTo("9.8.7");
    }

    /** Asserts that the unpacked archive can be used, and returns the version that it says it has. */
    private String assertServes(Path releases, String version) throws IOException, InterruptedException {
        String name = "claudebench-coordinator-" + version;
        run(releases, 0, "sha256sum", "-c", "SHA256SUMS");
        Path empty = Files.createDirectory(temp.resolve("empty"));
        run(empty, 0, "tar", "-xzf", releases.resolve(name + ".tar.gz").toAbsolutePath().toString());
        Path unpacked = empty.resolve(name);
        for (String each : List.of("LICENSE", "README.md", "docs/operations.md", "deploy/systemd/claudebench.service",
                "bom.json")) {
            assertThat(unpacked.resolve(each)).isNotEmptyFile();
        }
        String program = run(unpacked, 0, "bin/cb", "--version");
        try (RedisProcess redis = new RedisProcess().start();
                ServiceProcess service = ServiceProcess
                        .launchJar(unpacked.resolve("target/quarkus-app/quarkus-run.jar"),
                                "-Dquarkus.redis.hosts=" + redis.uri())
                        .awaitReady()) {
            assertThat(Rpc.of(service).call("system.version").result().path("version").textValue()).isEqualTo(program);
        }
        return program;
    }
}
