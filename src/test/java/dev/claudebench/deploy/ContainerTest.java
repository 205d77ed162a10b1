package dev.claudebench.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import dev.claudebench.support.FleetTest;
import io.quarkus.test.junit.QuarkusTest;

/** The sources of the images. {@code deploy/container/try} builds an image from them. */
@QuarkusTest
class ContainerTest extends FleetTest {
    private static final Path FOLDER = Path.of("deploy/container");

    @ParameterizedTest
    @ValueSource(strings = {"live", "ready", "started"})
    void healthCheckSucceedsIfTheProbeSucceeds(String probe) throws Exception {
        assertThat(health(service.getPort(), probe)).isZero();
    }

    @Test
    void healthCheckFailsIfTheProbeFails() throws Exception {
        assertThat(health(service.getPort(), "unknown")).isNotZero();
    }

    @Test
    void healthCheckFailsIfNothingListens() throws Exception {
        int port;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = socket.getLocalPort();
        }
        assertThat(health(port, "live")).isNotZero();
    }

    private static int health(int port, String probe) throws Exception {
        ProcessBuilder script = new ProcessBuilder(FOLDER.resolve("health").toString(), probe);
        script.environment().put("QUARKUS_HTTP_PORT", Integer.toString(port));
        Process process = script.redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        return process.exitValue();
    }

    @Test
    void imageWithoutADaemonIsMadeLikeTheOther() throws IOException {
        String pom = Files.readString(Path.of("pom.xml"));
        String containerfile = Files.readString(FOLDER.resolve("Containerfile"));
        assertThat(found("<quarkus.jib.base-jvm-image>(.*)<", pom)).isEqualTo(found("ARG BASE=(.*)", containerfile));
        assertThat(found("<quarkus.jib.user>(.*)<", pom)).isEqualTo(found("USER (.*)", containerfile));
        assertThat(found("<quarkus.jib.working-directory>(.*)<", pom)).isEqualTo(found("WORKDIR (.*)", containerfile));
        assertThat(found("<quarkus.jib.environment-variables.QUARKUS_HTTP_HOST>(.*)<", pom))
                .isEqualTo(found("QUARKUS_HTTP_HOST=(\\S*)", containerfile));
        List<String> options = Files.readAllLines(FOLDER.resolve("jvm.options"))
                .stream()
                .filter(line -> !line.startsWith("#"))
                .toList();
        assertThat(found("<quarkus.jib.jvm-additional-arguments>(.*)<", pom)).isEqualTo(String.join(",", options));
    }

    private static String found(String pattern, String text) {
        return Pattern.compile(pattern).matcher(text).results().findFirst().orElseThrow().group(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"Containerfile", "Containerfile.native"})
    void everyCopiedFileIsInTheBuildContext(String file) throws IOException {
        List<String> included = Files.readAllLines(Path.of(".dockerignore"))
                .stream()
                .filter(line -> line.startsWith("!"))
                .map(line -> line.substring(1))
                .toList();
        List<String> sources = Pattern.compile("^COPY (.+) \\S+$", Pattern.MULTILINE)
                .matcher(Files.readString(FOLDER.resolve(file)))
                .results()
                .flatMap(copy -> List.of(copy.group(1).split(" ")).stream())
                .toList();

        assertThat(sources).isNotEmpty()
                .allSatisfy(source -> assertThat(included).as(source).anyMatch(source::startsWith));
        assertThat(sources).filteredOn(source -> source.startsWith("deploy/"))
                .isNotEmpty()
                .allSatisfy(source -> assertThat(Path.of(source)).exists());
    }
}
