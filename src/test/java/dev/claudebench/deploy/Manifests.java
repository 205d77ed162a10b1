package dev.claudebench.deploy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerPort;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.kustomize.v1beta1.Kustomization;

/** The Kubernetes manifests in a folder. */
record Manifests(List<HasMetadata> resources, Map<Path, Kustomization> kustomizations) {

    /** The pods of a workload. */
    record Pods(HasMetadata of, Map<String, String> labels, List<Container> containers, List<Volume> volumes) {
        List<String> ports() {
            return containers.stream().flatMap(each -> each.getPorts().stream()).map(ContainerPort::getName).toList();
        }
    }

    static final Path KUBERNETES = Path.of("deploy/kubernetes");
    static final Path KNATIVE = Path.of("deploy/knative");
    static final String KUSTOMIZATION = "kustomization.yaml";

    static List<Path> files(Path folder) {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(Files::isRegularFile).sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static List<Path> manifests(Path folder) {
        return files(folder).stream()
                .filter(file -> file.toString().endsWith(".yaml") && !file.endsWith(KUSTOMIZATION))
                .toList();
    }

    static List<Path> kustomizations(Path folder) {
        return files(folder).stream().filter(file -> file.endsWith(KUSTOMIZATION)).toList();
    }

    static Manifests read(Path folder) {
        Map<Path, Kustomization> kustomizations = new TreeMap<>();
        for (Path file : kustomizations(folder)) {
            kustomizations.put(file.getParent(),
                    StrictYaml.read(StrictYaml.documents(file).get(0), Kustomization.class));
        }
        return new Manifests(manifests(folder).stream()
                .flatMap(file -> StrictYaml.documents(file).stream())
                .map(StrictYaml::resource)
                .toList(), kustomizations);
    }

    /** Returns the containers that run the service. */
    List<Container> coordinators() {
        return pods().stream()
                .flatMap(pods -> pods.containers().stream())
                .filter(container -> container.getImage().equals("claudebench-coordinator"))
                .toList();
    }

    /** Returns the variables of the ConfigMap that the base generates. */
    static Map<String, String> settings() {
        try {
            return Files.readAllLines(KUBERNETES.resolve("base/settings.env"))
                    .stream()
                    .filter(line -> !line.startsWith("#"))
                    .map(line -> line.split("=", 2))
                    .collect(Collectors.toMap(setting -> setting[0], setting -> setting[1]));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    <T> List<T> of(Class<T> kind) {
        return resources.stream().filter(kind::isInstance).map(kind::cast).toList();
    }

    List<Pods> pods() {
        return resources.stream().flatMap(Manifests::pods).toList();
    }

    private static Stream<Pods> pods(HasMetadata resource) {
        if (resource instanceof Deployment deployment) {
            var template = deployment.getSpec().getTemplate();
            return Stream
                    .of(new Pods(resource, template.getMetadata().getLabels(), template.getSpec().getContainers(),
                            template.getSpec().getVolumes()));
        }
        if (resource instanceof StatefulSet set) {
            var template = set.getSpec().getTemplate();
            return Stream
                    .of(new Pods(resource, template.getMetadata().getLabels(), template.getSpec().getContainers(),
                            template.getSpec().getVolumes()));
        }
        if (resource instanceof io.fabric8.knative.serving.v1.Service service) {
            var template = service.getSpec().getTemplate();
            return Stream
                    .of(new Pods(resource, template.getMetadata().getLabels(), template.getSpec().getContainers(),
                            template.getSpec().getVolumes()));
        }
        return Stream.empty();
    }
}
