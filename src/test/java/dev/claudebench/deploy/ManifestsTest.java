package dev.claudebench.deploy;

import static io.restassured.RestAssured.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;

import dev.claudebench.deploy.Manifests.Pods;
import dev.claudebench.support.Docs;
import dev.claudebench.support.FleetTest;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.HTTPGetAction;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Probe;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.autoscaling.v2.HorizontalPodAutoscaler;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import io.fabric8.openshift.api.model.monitoring.v1.RelabelConfig;
import io.fabric8.openshift.api.model.monitoring.v1.ServiceMonitor;
import io.quarkus.test.junit.QuarkusTest;

/** The manifests match each other and the service. */
@QuarkusTest
class ManifestsTest extends FleetTest {
    private final Manifests kubernetes = Manifests.read(Manifests.KUBERNETES);
    private final Manifests knative = Manifests.read(Manifests.KNATIVE);

    private List<Container> coordinators() {
        List<Container> containers = Stream.of(kubernetes, knative)
                .flatMap(each -> each.coordinators().stream())
                .toList();
        assertThat(containers).hasSize(2);
        return containers;
    }

    private Deployment deployment() {
        assertThat(kubernetes.of(Deployment.class)).hasSize(1);
        return kubernetes.of(Deployment.class).get(0);
    }

    private Pods selectedBy(Map<String, String> labels) {
        assertThat(labels).isNotEmpty();
        List<Pods> selected = kubernetes.pods()
                .stream()
                .filter(pods -> pods.labels().entrySet().containsAll(labels.entrySet()))
                .toList();
        assertThat(selected).as("pods with %s", labels).hasSize(1);
        return selected.get(0);
    }

    @Test
    void everyResourceExists() {
        assertThat(kubernetes.resources()).extracting(HasMetadata::getKind)
                .containsExactlyInAnyOrder("Deployment", "Service", "PodDisruptionBudget", "HorizontalPodAutoscaler",
                        "NetworkPolicy", "ServiceMonitor", "Namespace", "StatefulSet", "Service", "NetworkPolicy");
        assertThat(knative.resources()).extracting(HasMetadata::getApiVersion)
                .containsExactly("serving.knative.dev/v1");
    }

    @Test
    void probesUsePathsOfTheService() {
        for (Container container : coordinators()) {
            assertThat(path(container.getStartupProbe())).isEqualTo("/q/health/started");
            assertThat(path(container.getReadinessProbe())).isEqualTo("/q/health/ready");
            assertThat(path(container.getLivenessProbe())).isEqualTo("/q/health/live");
            for (Probe probe : List.of(container.getStartupProbe(), container.getReadinessProbe(),
                    container.getLivenessProbe())) {
                get(path(probe)).then().statusCode(200);
                HTTPGetAction action = probe.getHttpGet();
                // Knative sets the port.
                if (action.getPort() != null) {
                    assertThat(action.getPort().getStrVal()).isEqualTo(container.getPorts().get(0).getName());
                }
                // A call to Redis may take 2 s.
                assertThat(probe.getTimeoutSeconds()).isGreaterThan(2);
            }
        }
    }

    private static String path(Probe probe) {
        return probe.getHttpGet().getPath();
    }

    @Test
    void podsExposeThePortOfTheService() {
        assertThat(coordinators()).allSatisfy(container -> {
            assertThat(container.getPorts()).hasSize(1);
            assertThat(container.getPorts().get(0).getContainerPort())
                    .hasToString(Docs.properties().get("quarkus.http.port"));
        });
    }

    @Test
    void everyVariableOfTheServiceIsAProperty() {
        Set<String> variables = new HashSet<>(Manifests.settings().keySet());
        coordinators().forEach(container -> container.getEnv().stream().map(EnvVar::getName).forEach(variables::add));
        assertThat(variables).hasSizeGreaterThan(4).isSubsetOf(Docs.variables().keySet());
    }

    @Test
    void everySelectorMatchesPods() {
        Deployment deployment = deployment();
        assertThat(selectedBy(deployment.getSpec().getSelector().getMatchLabels()).of()).isSameAs(deployment);
        deployment.getSpec()
                .getTemplate()
                .getSpec()
                .getTopologySpreadConstraints()
                .forEach(constraint -> assertThat(
                        selectedBy(constraint.getLabelSelector().getMatchLabels()).of()).isSameAs(deployment));
        for (StatefulSet set : kubernetes.of(StatefulSet.class)) {
            assertThat(selectedBy(set.getSpec().getSelector().getMatchLabels()).of()).isSameAs(set);
            assertThat(kubernetes.of(Service.class)).extracting(service -> service.getMetadata().getName())
                    .contains(set.getSpec().getServiceName());
        }
        for (Service service : kubernetes.of(Service.class)) {
            assertThat(selectedBy(service.getSpec().getSelector()).ports())
                    .containsAll(service.getSpec()
                            .getPorts()
                            .stream()
                            .map(each -> each.getTargetPort().getStrVal())
                            .toList());
        }
        for (NetworkPolicy policy : kubernetes.of(NetworkPolicy.class)) {
            List<String> ports = selectedBy(policy.getSpec().getPodSelector().getMatchLabels()).ports();
            assertThat(policy.getSpec().getIngress()).isNotEmpty()
                    .flatExtracting(rule -> rule.getPorts())
                    .allSatisfy(allowed -> assertThat(ports).contains(allowed.getPort().getStrVal()));
            assertThat(policy.getSpec().getIngress()).allSatisfy(rule -> assertThat(rule.getFrom()).isNotEmpty());
            assertThat(policy.getSpec().getPolicyTypes()).containsExactly("Ingress", "Egress");
        }
    }

    @Test
    void budgetAndAutoscalerReferToTheDeployment() {
        Deployment deployment = deployment();
        PodDisruptionBudget budget = kubernetes.of(PodDisruptionBudget.class).get(0);
        assertThat(selectedBy(budget.getSpec().getSelector().getMatchLabels()).of()).isSameAs(deployment);
        var autoscaler = kubernetes.of(HorizontalPodAutoscaler.class).get(0).getSpec();
        assertThat(autoscaler.getScaleTargetRef().getApiVersion()).isEqualTo(deployment.getApiVersion());
        assertThat(autoscaler.getScaleTargetRef().getKind()).isEqualTo(deployment.getKind());
        assertThat(autoscaler.getScaleTargetRef().getName()).isEqualTo(deployment.getMetadata().getName());
        // Each kubectl apply would reset the number that the autoscaler has set.
        assertThat(deployment.getSpec().getReplicas()).isNull();
        assertThat(autoscaler.getMinReplicas()).isGreaterThan(1);
    }

    @Test
    void monitorScrapesTheMetrics() {
        var monitor = kubernetes.of(ServiceMonitor.class).get(0).getSpec();
        List<Service> scraped = kubernetes.of(Service.class)
                .stream()
                .filter(service -> service.getMetadata()
                        .getLabels()
                        .entrySet()
                        .containsAll(monitor.getSelector().getMatchLabels().entrySet()))
                .toList();
        assertThat(scraped).hasSize(1);
        assertThat(monitor.getEndpoints()).hasSize(1).allSatisfy(endpoint -> {
            assertThat(endpoint.getPort()).isEqualTo(scraped.get(0).getSpec().getPorts().get(0).getName());
            assertThat(get(endpoint.getPath()).then().statusCode(200).extract().asString()).contains("claudebench_");
            // The alerts select this job.
            assertThat(endpoint.getRelabelings())
                    .extracting(RelabelConfig::getTargetLabel, RelabelConfig::getReplacement)
                    .containsExactly(tuple("job", Compose.scrapeConfig().get("job_name")));
        });
    }

    @Test
    void gracePeriodExceedsTheShutdownTime() {
        var pod = deployment().getSpec().getTemplate().getSpec();
        EnvVar delay = pod.getContainers().get(0).getEnv().get(1);
        assertThat(delay.getName()).isEqualTo("QUARKUS_SHUTDOWN_DELAY");
        assertThat(Duration.ofSeconds(pod.getTerminationGracePeriodSeconds()))
                .isGreaterThanOrEqualTo(Compose.time(delay.getValue()).plusSeconds(10));
    }

    @Test
    void redisIsPersistentAndDoesNotEvict() {
        Container redis = selectedBy(Map.of("app.kubernetes.io/name", "redis")).containers().get(0);
        assertThat(redis.getArgs().get(2)).contains("--appendonly yes", "--maxmemory-policy noeviction",
                "--dir " + redis.getVolumeMounts().get(0).getMountPath());
    }
}
