package dev.claudebench.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;

import dev.claudebench.deploy.Manifests.Pods;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.kustomize.v1beta1.SecretArgs;
import io.fabric8.openshift.api.model.monitoring.v1.ServiceMonitor;

/** Every way of running in deploy/ comes with credentials, and none is open to all. */
class CredentialsTest {
    private static final Path DEPLOY = Path.of("deploy");
    private static final String KEY_FILE = "CLAUDEBENCH_SECURITY_KEY_FILE";
    private static final String SECRETS = "/run/secrets/";

    private final Manifests kubernetes = Manifests.read(Manifests.KUBERNETES);
    private final Manifests knative = Manifests.read(Manifests.KNATIVE);
    private final Compose compose = Compose.read();
    private final Map<String, SecretArgs> generated = kubernetes.kustomizations()
            .get(Manifests.KUBERNETES.resolve("overlays/try"))
            .getSecretGenerator()
            .stream()
            .collect(Collectors.toMap(SecretArgs::getName, secret -> secret));

    private static List<String> find(String pattern, Path file) throws IOException {
        return Pattern.compile(pattern, Pattern.MULTILINE)
                .matcher(Files.readString(file))
                .results()
                .map(MatchResult::group)
                .toList();
    }

    @Test
    void nothingIsOpenToAll() throws IOException {
        Pattern open = Pattern.compile("anonymous|public.metrics|protected.mode", Pattern.CASE_INSENSITIVE);
        for (Path file : Manifests.files(DEPLOY)) {
            if (!file.toString().endsWith(".md") && !file.endsWith("try")) {
                assertThat(Files.readAllLines(file)).as(file.toString())
                        .filteredOn(line -> !line.strip().startsWith("#"))
                        .noneMatch(line -> open.matcher(line).find());
            }
        }
    }

    @Test
    void podsOfTheServiceMountASecretWithTheKeys() {
        List<Pods> services = Stream.of(kubernetes, knative)
                .flatMap(manifests -> manifests.pods().stream())
                .filter(pods -> pods.containers().get(0).getImage().equals("claudebench-coordinator"))
                .toList();
        assertThat(services).hasSize(2).allSatisfy(pods -> {
            Container service = pods.containers().get(0);
            Path file = Path.of(variable(service, KEY_FILE).getValue());
            assertThat(service.getVolumeMounts()).singleElement().satisfies(mount -> {
                assertThat(mount.getMountPath()).isEqualTo(file.getParent().toString());
                assertThat(mount.getReadOnly()).isTrue();
                // A file mounted by subPath does not change with the Secret.
                assertThat(mount.getSubPath()).isNull();
                assertThat(pods.volumes()).singleElement().satisfies(volume -> {
                    assertThat(volume.getName()).isEqualTo(mount.getName());
                    assertThat(generated.get(volume.getSecret().getSecretName()).getFiles())
                            .containsExactly(file.getFileName().toString());
                });
            });
        });
    }

    private static EnvVar variable(Container container, String name) {
        return container.getEnv().stream().filter(each -> each.getName().equals(name)).findFirst().orElseThrow();
    }

    @Test
    void secretsOfTheTrialAreNotCommitted() throws IOException {
        List<String> ignored = Files.readAllLines(Path.of(".gitignore"));
        for (SecretArgs secret : generated.values()) {
            assertThat(secret.getLiterals()).isEmpty();
            Stream.concat(secret.getFiles().stream(), secret.getEnvs().stream())
                    .forEach(file -> assertThat(ignored).contains("/deploy/kubernetes/overlays/try/" + file));
        }
        assertThat(ignored).contains(".env", "/deploy/secrets/");
        assertThat(compose.secrets().values()).isNotEmpty().allMatch(secret -> secret.file().startsWith("./secrets/"));
    }

    @Test
    void servicesOfComposeMountTheirKeys() {
        Compose.Service coordinator = compose.services().get("coordinator");
        assertThat(coordinator.environment().get(KEY_FILE)).isEqualTo(SECRETS + coordinator.secrets().get(0));
        assertThat(compose.secrets()).containsOnlyKeys(coordinator.secrets().get(0),
                compose.services().get("prometheus").secrets().get(0));
    }

    /** They are required, so that Compose does not start with an empty one. */
    @Test
    void passwordsOfComposeComeFromTheEnvironment() {
        String redis = "${REDIS_PASSWORD:?set it in .env}";
        assertThat(compose.services().get("redis").environment()).containsEntry("REDISCLI_AUTH", redis);
        assertThat(compose.services().get("coordinator").environment())
                .containsEntry("QUARKUS_REDIS_HOSTS", "redis://claudebench:" + redis + "@redis:6379");
        assertThat(compose.services().get("grafana").environment())
                .containsEntry("GF_SECURITY_ADMIN_PASSWORD", "${GRAFANA_PASSWORD:?set it in .env}");
        assertThat(compose.services().get("prometheus").ports()).as("of Prometheus, which has no password").isNull();
    }

    @Test
    void redisReadsItsPasswordFromStandardInput() {
        Container redis = kubernetes.pods()
                .stream()
                .flatMap(pods -> pods.containers().stream())
                .filter(container -> container.getName().equals("redis"))
                .findFirst()
                .orElseThrow();
        assertThat(variable(redis, "REDISCLI_AUTH").getValueFrom().getSecretKeyRef().getKey()).isEqualTo("password");
        assertThat(generated).containsKey(
                variable(redis, "REDISCLI_AUTH").getValueFrom().getSecretKeyRef().getName());

        assertThat(redis.getArgs()).startsWith("sh", "-c");
        List<String> command = compose.services().get("redis").command();
        assertThat(command).startsWith("sh", "-c");
        for (String script : List.of(redis.getArgs().get(2), command.get(2).replace("$$", "$"))) {
            assertThat(script).matches(
                    "exec valkey-server - [^$]* <<END\nuser default off\nuser claudebench on >\\$REDISCLI_AUTH ~cb:\\* [^$]*\nEND\n");
        }
    }

    /** systemd does not start the unit without the file. */
    @Test
    void unitLoadsTheKeys() throws IOException {
        Path unit = DEPLOY.resolve("systemd/claudebench.service");
        assertThat(find("^LoadCredential=.*$", unit)).containsExactly("LoadCredential=keys:/etc/claudebench/keys");
        assertThat(find("^Environment=" + KEY_FILE + ".*$", unit))
                .containsExactly("Environment=" + KEY_FILE + "=%d/keys");
    }

    /** So they do not start without keys, for which the user mounts a file. */
    @Test
    void imagesListenBeyondLoopback() throws IOException {
        for (String image : List.of("Containerfile", "Containerfile.native")) {
            assertThat(find("QUARKUS_HTTP_HOST=\\S+", DEPLOY.resolve("container").resolve(image)))
                    .containsExactly("QUARKUS_HTTP_HOST=0.0.0.0");
        }
        String readme = Files.readString(DEPLOY.resolve("README.md"));
        assertThat(Pattern.compile("(podman run (?:.*\\\\\n)*.*)").matcher(readme).results())
                .hasSizeGreaterThanOrEqualTo(2)
                .filteredOn(run -> run.group().contains("\\\n"))
                .allSatisfy(run -> assertThat(run.group()).contains(KEY_FILE));
    }

    @Test
    void prometheusHasAKey() {
        assertThat(Compose.scrapeConfig().get("authorization"))
                .asInstanceOf(InstanceOfAssertFactories.map(String.class, Object.class))
                .containsEntry("credentials_file",
                        SECRETS + compose.services().get("prometheus").secrets().get(0));
        assertThat(kubernetes.of(ServiceMonitor.class).get(0).getSpec().getEndpoints()).allSatisfy(
                endpoint -> assertThat(endpoint.getAuthorization().getCredentials().getName())
                        .isEqualTo("claudebench-metrics"));
    }

    @Test
    void imagesAreNamedByDigest() throws IOException {
        List<String> images = Stream.concat(
                compose.services().values().stream().map(Compose.Service::image),
                kubernetes.pods().stream().flatMap(pods -> pods.containers().stream()).map(Container::getImage))
                .filter(image -> !image.startsWith("claudebench-coordinator"))
                .toList();
        assertThat(images).hasSize(5).allMatch(image -> image.matches("\\S+:\\S+@sha256:[0-9a-f]{64}"));
        for (String image : List.of("Containerfile", "Containerfile.native")) {
            assertThat(find("^ARG BASE=\\S+@sha256:[0-9a-f]{64}$", DEPLOY.resolve("container").resolve(image)))
                    .hasSize(1);
        }
    }
}
