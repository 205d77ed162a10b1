package dev.claudebench.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import dev.claudebench.support.Cb;

/** The script {@code bin/cb}, which finds the program and Java. */
class CbScriptIT {
    @TempDir
    private Path temp;
    private Cb cb;

    @BeforeEach
    void create() {
        cb = new Cb(temp, URI.create("http://127.0.0.1:1"));
    }

    private Path java(String version) throws IOException {
        Path home = Files.createDirectories(temp.resolve("java"));
        Files.writeString(home.resolve("release"),
                "IMPLEMENTOR=\"Somebody\"\nJAVA_VERSION=\"" + version + "\"\nJAVA_VERSION_DATE=\"2026-01-01\"\n");
        Path program = Files.createDirectories(home.resolve("bin")).resolve("java");
        Files.writeString(program, "#!/bin/sh\necho \"stub $*\"\n");
        assertThat(program.toFile().setExecutable(true)).isTrue();
        return home;
    }

    @ParameterizedTest
    @CsvSource({"1.8.0_402", "11.0.22", "9", "16-ea"})
    void javaThatIsTooOldIsNamed(String version) throws IOException {
        Path home = java(version);
        cb.start(List.of("env", "JAVA_HOME=" + home, "cb", "state")).refuses(Exit.USAGE, "Java 17", "JAVA_HOME");

        Files.createSymbolicLink(Files.createDirectory(temp.resolve("path")).resolve("java"), home.resolve("bin/java"));
        cb.start(List.of("sh", "-c", "unset JAVA_HOME; PATH=$PWD/path:$PATH exec cb state"))
                .refuses(Exit.USAGE, "Java 17", "JAVA_HOME");
    }

    @ParameterizedTest
    @CsvSource({"17", "17.0.15", "25-ea", "101.1"})
    void laterJavaRunsTheProgram(String version) throws IOException {
        assertThat(cb.start(List.of("env", "JAVA_HOME=" + java(version), "cb", "state")).exits(0).out())
                .startsWith("stub ")
                .endsWith("quarkus-run.jar state\n");
    }

    @Test
    void homeWithoutTheProgramIsNamed() {
        cb.start(List.of("env", "CB_HOME=" + temp, "cb", "state")).refuses(Exit.USAGE, temp.toString(), "CB_HOME");
    }
}
