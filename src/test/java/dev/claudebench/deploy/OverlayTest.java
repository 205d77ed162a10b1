package dev.claudebench.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import dev.claudebench.method.Bench;
import dev.claudebench.support.Docs;
import io.fabric8.kubernetes.api.model.kustomize.v1beta1.Kustomization;

/** The files that are laid over deploy/compose.yaml, and over the base for Kubernetes. */
class OverlayTest {
    private static final String CLUSTER = "compose.cluster.yaml";
    private static final String TLS = "compose.tls.yaml";
    private static final String BENCH_NAMES = "CLAUDEBENCH_BENCH_NAMES";

    private final Compose base = Compose.read();
    private final Map<Path, Kustomization> kustomizations = Manifests.read(Manifests.KUBERNETES)
            .kustomizations();

    @ParameterizedTest
    @ValueSource(strings = {"compose.benches.yaml", CLUSTER, TLS})
    void overlayOfComposeFitsTheBase(String file) {
        Compose overlay = Compose.read(file);
        assertThat(overlay.coordinator().environment().keySet()).isSubsetOf(Docs.variables().keySet());
        assertThat(overlay.services()).allSatisfy((name, service) -> {
            boolean isRestricted = service.readOnly() != null && service.capDrop().equals(List.of("ALL"));
            assertThat(base.services().containsKey(name) || service.extended() != null || isRestricted).as(name)
                    .isTrue();
            assertThat(service.ports()).as(name).isNull();
            if (service.image() != null) {
                assertThat(service.image()).isEqualTo(base.services().get("redis").image());
            }
            if (service.extended() != null) {
                assertThat(service.extended()).isEqualTo(new Compose.Extended("compose.yaml", "redis"));
            }
        });
    }

    @Test
    void serviceKnowsEveryNodeOfTheCluster() {
        Compose overlay = Compose.read(CLUSTER);
        List<String> nodes = overlay.services()
                .values()
                .stream()
                .filter(service -> service.networks() != null)
                .map(service -> service.networks().get("default").ipv4() + ":6379")
                .toList();
        assertThat(nodes).hasSize(3).doesNotHaveDuplicates();
        assertThat(overlay.coordinator().environment()).containsEntry("QUARKUS_REDIS_CLIENT_TYPE", "cluster")
                .containsEntry("QUARKUS_REDIS_HOSTS", String.join(",", nodes.stream()
                        .map(node -> "redis://claudebench:${REDIS_PASSWORD:?set it in .env}@" + node)
                        .toList()));
        assertThat(overlay.services().get("cluster").command().get(2)).contains(
                "--cluster create " + String.join(" ", nodes));
        assertThat(overlay.services().get("cluster").dependsOn().keySet()).containsExactlyInAnyOrder("redis", "redis-2",
                "redis-3");
        assertThat(commands(CLUSTER)).hasSize(4)
                .filteredOn(command -> command.contains("valkey-server"))
                .hasSize(3)
                .allSatisfy(command -> assertThat(command).contains("--cluster-enabled yes", "--appendonly yes",
                        "--maxmemory-policy noeviction"));
        assertThat(overlay.volumes()).containsOnlyKeys("redis-2", "redis-3");
    }

    @Test
    void bothEndsUseTheSameCertificate() {
        Compose overlay = Compose.read(TLS);
        Map<String, String> environment = overlay.coordinator().environment();
        assertThat(environment.get("QUARKUS_REDIS_HOSTS")).startsWith("rediss://claudebench:").endsWith("@redis:6379");
        String certificate = environment.get("QUARKUS_TLS_REDIS_TRUST_STORE_PEM_CERTS");
        assertThat(overlay.coordinator().secrets()).containsExactly(certificate.substring("/run/secrets/".length()));
        assertThat(commands(TLS)).singleElement()
                .asString()
                .contains("--port 0 --tls-port 6379", "--tls-cert-file " + certificate);
        assertThat(overlay.services().get("redis").healthcheck().test()).contains("--tls", certificate);
        assertThat(overlay.secrets().values()).hasSize(2)
                .allSatisfy(secret -> assertThat(secret.file()).startsWith("./secrets/"));
    }

    private static List<String> commands(String file) {
        return Compose.read(file)
                .services()
                .values()
                .stream()
                .filter(service -> service.command() != null)
                .map(service -> service.command().get(2))
                .toList();
    }

    @Test
    void namesOfBenchesAreValid() {
        Kustomization many = kustomizations.get(Manifests.KUBERNETES.resolve("overlays/benches"));
        String literal = many.getConfigMapGenerator().get(0).getLiterals().get(0);
        assertThat(literal).startsWith(BENCH_NAMES + "=");
        for (String names : List.of(literal.substring(literal.indexOf('=') + 1),
                Compose.read("compose.benches.yaml").coordinator().environment().get(BENCH_NAMES))) {
            assertThat(Stream.of(names.split(",", -1)).map(Bench::named)).hasSizeGreaterThan(1)
                    .doesNotContain(
                            Optional.empty());
        }
    }

    @Test
    void settingsOfKustomizationsAreProperties() {
        List<String> settings = new ArrayList<>();
        for (Kustomization kustomization : kustomizations.values()) {
            kustomization.getConfigMapGenerator().forEach(generator -> settings.addAll(generator.getLiterals()));
        }
        assertThat(settings).hasSize(4)
                .allSatisfy(setting -> assertThat(Docs.variables()).containsKey(setting.substring(0,
                        setting.indexOf('='))));
    }

    @Test
    void componentMountsTheCaWhereTheSettingSays() {
        Kustomization tls = kustomizations.get(Manifests.KUBERNETES.resolve("components/redis-tls"));
        String path = tls.getConfigMapGenerator().get(0).getLiterals().get(1);
        String mounted = Pattern.compile("mountPath: (\\S+)")
                .matcher(tls.getPatches().get(0).getPatch())
                .results()
                .findFirst()
                .orElseThrow()
                .group(1);
        assertThat(path).isEqualTo("QUARKUS_TLS_REDIS_TRUST_STORE_PEM_CERTS=" + mounted + "/ca.pem");
    }
}
