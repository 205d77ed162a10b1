package dev.claudebench.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.kustomize.v1beta1.Kustomization;
import io.fabric8.kubernetes.api.model.kustomize.v1beta1.Patch;
import io.fabric8.kubernetes.api.model.kustomize.v1beta1.SecretArgs;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;

/** The kustomizations refer to files and names that exist. */
class KustomizeTest {
    private final Manifests kubernetes = Manifests.read(Manifests.KUBERNETES);
    private final Manifests knative = Manifests.read(Manifests.KNATIVE);

    @Test
    void everyFileIsPartOfAKustomization() throws IOException {
        for (Manifests manifests : List.of(kubernetes, knative)) {
            for (var entry : manifests.kustomizations().entrySet()) {
                Kustomization kustomization = entry.getValue();
                assertThat(kustomization.getApiVersion() + " " + kustomization.getKind()).isIn(
                        "kustomize.config.k8s.io/v1beta1 Kustomization", "kustomize.config.k8s.io/v1alpha1 Component");
                Set<Path> parts = new HashSet<>(Set.of(Path.of(Manifests.KUSTOMIZATION)));
                List<String> folders = new ArrayList<>(kustomization.getComponents());
                for (String resource : kustomization.getResources()) {
                    if (resource.endsWith(".yaml")) {
                        parts.add(Path.of(resource));
                    } else {
                        folders.add(resource);
                    }
                }
                kustomization.getConfigMapGenerator()
                        .forEach(generator -> generator.getEnvs().forEach(file -> parts.add(Path.of(file))));
                assertThat(folders).allSatisfy(
                        folder -> assertThat(entry.getKey().resolve(folder).resolve(Manifests.KUSTOMIZATION)).exists());
                try (Stream<Path> files = Files.list(entry.getKey())) {
                    // the user makes the files of Secrets
                    assertThat(
                            files.map(Path::getFileName).filter(file -> !madeByTheUser(kustomization).contains(file)))
                            .containsExactlyInAnyOrderElementsOf(parts);
                }
            }
        }
    }

    private static Set<Path> madeByTheUser(Kustomization kustomization) {
        return kustomization.getSecretGenerator()
                .stream()
                .flatMap(secret -> Stream.concat(secret.getEnvs().stream(), secret.getFiles().stream()))
                .map(Path::of)
                .collect(Collectors.toSet());
    }

    @Test
    void generatedConfigMapAndSecretHaveTheNamesThatThePodsUse() {
        Container container = kubernetes.coordinators().get(0);
        Kustomization base = kubernetes.kustomizations().get(Manifests.KUBERNETES.resolve("base"));
        assertThat(container.getEnvFrom()).extracting(source -> source.getConfigMapRef().getName())
                .containsExactly(base.getConfigMapGenerator().get(0).getName());

        var secrets = kubernetes.kustomizations()
                .get(Manifests.KUBERNETES.resolve("overlays/try"))
                .getSecretGenerator();
        assertThat(secrets).extracting(SecretArgs::getName).containsExactly("claudebench-keys", "claudebench-redis");
        // A change of the keys needs no rollout, since the service reads the mounted file again.
        assertThat(secrets.get(0).getOptions().getDisableNameSuffixHash()).isTrue();
        assertThat(List.of(container, knative.coordinators().get(0))).allSatisfy(coordinator -> {
            var reference = coordinator.getEnv().get(0).getValueFrom().getSecretKeyRef();
            assertThat(reference.getName()).isEqualTo(secrets.get(1).getName());
            assertThat(reference.getKey()).isEqualTo("url");
        });
        assertThat(kubernetes.of(Service.class)).anyMatch(service -> service.getMetadata().getName().equals("redis")
                && service.getSpec().getPorts().get(0).getPort() == 6379);
    }

    @Test
    void overlayPatchesTheEgressRuleForRedis() {
        Kustomization overlay = kubernetes.kustomizations().get(Manifests.KUBERNETES.resolve("overlays/try"));
        Patch patch = overlay.getPatches().get(0);
        assertThat(patch.getPatch()).contains("path: /spec/egress/0/to");
        NetworkPolicy base = kubernetes.of(NetworkPolicy.class)
                .stream()
                .filter(policy -> policy.getMetadata().getName().equals(patch.getTarget().getName()))
                .findFirst()
                .orElseThrow();
        assertThat(base.getSpec().getEgress().get(0).getPorts()).extracting(port -> port.getPort().getIntVal())
                .containsExactly(6379);
    }
}
