package dev.claudebench.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import dev.claudebench.support.ServiceProcess;
import io.fabric8.kubernetes.api.model.Container;

/** A service that runs out of memory ends, and is started again. */
class OutOfMemoryIT {
    /** The exit code of a JVM that ends because of an OutOfMemoryError. */
    private static final int OUT_OF_MEMORY = 3;
    private static final Path UNIT = Path.of("deploy/systemd/claudebench.service");
    private static final Path CONTAINER = Path.of("deploy/container");

    @ParameterizedTest
    @ValueSource(strings = {"systemd", "container"})
    void serviceEndsWhenItRunsOutOfMemory(String way) throws Exception {
        List<String> options = new ArrayList<>(way.equals("systemd")
                ? words("ExecStart=\\S+ (.*) -jar ", UNIT)
                : List.of("@" + CONTAINER.resolve("jvm.options")));
        // Less than the start needs. It does not need Redis.
        options.addAll(List.of("-Xmx5m", "-Dquarkus.redis.hosts=redis://127.0.0.1:1"));
        Path jar = Path.of(System.getProperty("claudebench.jar"));
        try (ServiceProcess service = ServiceProcess.launchJar(jar, options.toArray(String[]::new))) {
            assertThat(service.awaitExit()).as(service.log()).isEqualTo(OUT_OF_MEMORY);
            assertThat(service.log()).contains("Terminating due to java.lang.OutOfMemoryError");
        }
    }

    @Test
    void bothImagesEndWhenTheyRunOutOfMemory() throws Exception {
        assertThat(words("ENTRYPOINT \\[(.*)]", CONTAINER.resolve("Containerfile"))).contains("\"@jvm.options\",");
        assertThat(words("ENTRYPOINT \\[(.*)]", CONTAINER.resolve("Containerfile.native")))
                .contains("\"-XX:+ExitOnOutOfMemoryError\"");
    }

    @Test
    void whateverRunsItStartsItAgain() throws Exception {
        assertThat(words("Restart=(.*)", UNIT)).containsExactly("on-failure");
        assertThat(words("SuccessExitStatus=(.*)", UNIT)).doesNotContain(Integer.toString(OUT_OF_MEMORY));
        assertThat(words("  restart: (.*)", Path.of("deploy/compose.yaml"))).containsExactly("unless-stopped");
        for (Container container : Stream.of(Manifests.KUBERNETES, Manifests.KNATIVE)
                .flatMap(folder -> Manifests.read(folder).coordinators().stream())
                .toList()) {
            // The entry point of the image, with its options. Kubernetes restarts it unless told otherwise.
            assertThat(container.getCommand()).isEmpty();
            assertThat(container.getArgs()).isEmpty();
        }
    }

    private static List<String> words(String pattern, Path file) throws Exception {
        Matcher line = Pattern.compile("^" + pattern, Pattern.MULTILINE).matcher(Files.readString(file));
        assertThat(line.find()).as(pattern).isTrue();
        return List.of(line.group(1).split(" "));
    }
}
