package dev.claudebench.deploy;

import static io.restassured.RestAssured.get;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;

import dev.claudebench.support.Docs;
import dev.claudebench.support.FleetTest;
import io.quarkus.test.junit.QuarkusTest;

/** deploy/compose.yaml and haproxy.cfg match the service. */
@QuarkusTest
class ComposeTest extends FleetTest {
    private final Compose compose = Compose.read();
    private final Compose.Service coordinator = compose.services().get("coordinator");

    private static List<MatchResult> inProxy(String pattern) throws IOException {
        String configuration = Files.readString(Path.of("deploy/haproxy/haproxy.cfg"));
        return Pattern.compile(pattern, Pattern.MULTILINE).matcher(configuration).results().toList();
    }

    @Test
    void everyServiceIsRestricted() {
        assertThat(compose.services()).containsOnlyKeys("redis", "coordinator", "proxy", "prometheus", "grafana");
        assertThat(compose.services().values()).allSatisfy(service -> {
            assertThat(service.readOnly()).isTrue();
            assertThat(service.capDrop()).containsExactly("ALL");
            assertThat(service.restart()).isEqualTo("unless-stopped");
            assertThat(service.healthcheck().test()).startsWith("CMD");
            assertThat(service.stopGracePeriod()).isNotBlank();
            assertThat(service.deploy().resources().limits().memory()).isNotBlank();
        });
    }

    @Test
    void portsArePublishedOnLoopbackOnly() {
        assertThat(coordinator.ports()).isNull();
        assertThat(compose.services().get("redis").ports()).isNull();
        assertThat(compose.services().values()).filteredOn(service -> service.ports() != null)
                .hasSize(2)
                .allSatisfy(service -> assertThat(service.ports()).allMatch(port -> port.startsWith("127.0.0.1:")));
    }

    @Test
    void everyMountedOrBuiltFileExists() {
        Path folder = Compose.FILE.getParent();
        assertThat(folder.resolve(coordinator.build().context()).resolve(coordinator.build().dockerfile()))
                .isRegularFile();
        for (Compose.Service service : compose.services().values()) {
            for (String volume : service.volumes() == null ? List.<String>of() : service.volumes()) {
                String source = volume.substring(0, volume.indexOf(':'));
                if (source.startsWith(".")) {
                    assertThat(folder.resolve(source)).isDirectory();
                    assertThat(volume).endsWith(":ro");
                } else {
                    assertThat(compose.volumes()).containsKey(source);
                }
            }
            if (service.dependsOn() != null) {
                assertThat(compose.services().keySet()).containsAll(service.dependsOn().keySet());
                assertThat(service.dependsOn().values())
                        .allMatch(needed -> needed.condition().equals("service_healthy"));
            }
        }
    }

    @Test
    void everyVariableOfTheServiceIsAProperty() {
        assertThat(coordinator.environment().keySet()).isNotEmpty().isSubsetOf(Docs.variables().keySet());
    }

    @Test
    void redisIsPersistentAndDoesNotEvict() {
        Compose.Service redis = compose.services().get("redis");
        assertThat(String.join(" ", redis.command())).contains("--appendonly yes", "--maxmemory-policy noeviction");
        assertThat(redis.volumes()).contains("redis:/data");
        assertThat(coordinator.environment().get("QUARKUS_REDIS_HOSTS")).endsWith("@redis:6379");
    }

    @Test
    void proxyFindsEveryReplica() throws IOException {
        assertThat(inProxy("^ *server-template coordinator- (\\d+) coordinator:(\\d+)$")).hasSize(2)
                .allSatisfy(servers -> {
                    assertThat(Integer.parseInt(servers.group(1)))
                            .isGreaterThanOrEqualTo(coordinator.deploy().replicas());
                    assertThat(servers.group(2)).isEqualTo(Docs.properties().get("quarkus.http.port"));
                });
        assertThat(coordinator.deploy().replicas()).isEqualTo(2);
        String bound = inProxy("^ *bind :(\\d+)$").get(0).group(1);
        assertThat(compose.services().get("proxy").ports()).containsExactly("127.0.0.1:8080:" + bound);
    }

    @Test
    void prometheusFindsEveryReplica() {
        Map<String, Object> scraped = Compose.scrapeConfig();
        assertThat(scraped.get("dns_sd_configs")).asInstanceOf(InstanceOfAssertFactories.list(Map.class))
                .singleElement(InstanceOfAssertFactories.map(String.class, Object.class))
                .containsEntry("names", List.of("coordinator"))
                .containsEntry("port", Integer.parseInt(Docs.properties().get("quarkus.http.port")));
        get((String) scraped.get("metrics_path")).then().statusCode(200);
        assertThat(compose.services().get("prometheus").volumes()).contains("./prometheus:/etc/prometheus:ro");
    }

    @Test
    void healthChecksUsePathsOfTheService() throws IOException {
        assertThat(inProxy(" uri (\\S+) ")).extracting(check -> check.group(1))
                .containsExactly("/q/health/ready", "/q/health/live")
                .allSatisfy(path -> get(path).then().statusCode(200));

        List<String> proxy = compose.services().get("proxy").healthcheck().test();
        String address = proxy.get(proxy.size() - 1);
        assertThat(address).startsWith("http://127.0.0.1:8080/");
        get(address.substring("http://127.0.0.1:8080".length())).then().statusCode(200);

        // The script in the image, and the path of its probe.
        assertThat(coordinator.healthcheck().test()).containsExactly("CMD", "health", "ready");
        assertThat(Path.of("deploy/container/health")).isExecutable();
        get("/q/health/ready").then().statusCode(200);
    }

    @Test
    void gracePeriodExceedsTheShutdownTime() {
        var delay = Compose.time(coordinator.environment().get("QUARKUS_SHUTDOWN_DELAY"));
        assertThat(Compose.time(coordinator.stopGracePeriod())).isGreaterThanOrEqualTo(delay.plusSeconds(10));
    }
}
