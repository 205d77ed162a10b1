package dev.claudebench.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.yaml.snakeyaml.error.YAMLException;

import io.fabric8.kubernetes.api.model.kustomize.v1beta1.Kustomization;

class StrictYamlTest {
    private static final String SERVICE = """
                                          apiVersion: v1
                                          kind: Service
                                          metadata:
                                            name: one
                                            annotations:
                                              note: "true"
                                          spec:
                                            ports:
                                              - name: http
                                                port: 80
                                          """;

    private int places;

    @Test
    void unknownFieldIsRejectedEverywhere() {
        for (Path folder : List.of(Manifests.KUBERNETES, Manifests.KNATIVE)) {
            for (Path file : Manifests.manifests(folder)) {
                for (Map<String, Object> document : StrictYaml.documents(file)) {
                    assertUnknownFieldIsRejected(document, file, () -> StrictYaml.resource(document));
                }
            }
            for (Path file : Manifests.kustomizations(folder)) {
                Map<String, Object> document = StrictYaml.documents(file).get(0);
                assertUnknownFieldIsRejected(document, file, () -> StrictYaml.read(document, Kustomization.class));
            }
        }
        Map<String, Object> compose = StrictYaml.documents(Compose.FILE).get(0);
        assertUnknownFieldIsRejected(compose, Compose.FILE, () -> StrictYaml.read(compose, Compose.class));
        assertThat(places).isGreaterThan(200);
    }

    private void assertUnknownFieldIsRejected(Map<String, Object> document, Path file, Runnable read) {
        for (Map<String, Object> place : mappings(document, new ArrayList<>())) {
            place.put("unknown", Map.of("unknown", List.of()));
            assertThatThrownBy(read::run).as("%s, beside %s", file, place.keySet())
                    .isInstanceOf(IllegalArgumentException.class);
            place.remove("unknown");
            places++;
        }
        read.run();
    }

    @SuppressWarnings("unchecked")
    private static List<Map<String, Object>> mappings(Object node, List<Map<String, Object>> found) {
        if (node instanceof Map<?, ?> mapping) {
            found.add((Map<String, Object>) mapping);
            mapping.values().forEach(value -> mappings(value, found));
        } else if (node instanceof List<?> list) {
            list.forEach(value -> mappings(value, found));
        }
        return found;
    }

    @Test
    void valueOfAnotherTypeIsRejected() {
        read(SERVICE);
        assertRejected(SERVICE.replace("\"true\"", "true"));
        assertRejected(SERVICE.replace("\"true\"", "80"));
        assertRejected(SERVICE.replace("80", "\"80\""));
        assertRejected(SERVICE.replace("80", "80.5"));
        assertRejected(SERVICE.replace("v1", "v2"));
    }

    @Test
    void duplicateKeyIsRejected() {
        assertThatThrownBy(() -> read(SERVICE + "kind: Service\n")).isInstanceOf(YAMLException.class);
    }

    private static void assertRejected(String service) {
        assertThatThrownBy(() -> read(service)).isInstanceOf(IllegalArgumentException.class);
    }

    private static void read(String service) {
        StrictYaml.resource(StrictYaml.documents(service).get(0));
    }
}
