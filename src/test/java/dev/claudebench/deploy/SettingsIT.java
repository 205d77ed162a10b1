package dev.claudebench.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import dev.claudebench.support.Docs;
import dev.claudebench.support.KeyFile;
import dev.claudebench.support.RedisProcess;
import dev.claudebench.support.Rpc;
import dev.claudebench.support.ServiceProcess;
import io.fabric8.kubernetes.api.model.Container;

/** The packaged service accepts the names and values of the settings in the deployment files. */
class SettingsIT {
    @TempDir
    private Path temp;

    @Test
    void serviceAcceptsTheSettingsOfCompose() {
        assertAccepted(Compose.read().services().get("coordinator").environment());
    }

    @Test
    void serviceAcceptsTheSettingsOfManyFleetsWithCompose() {
        Map<String, String> environment = new TreeMap<>(Compose.read().coordinator().environment());
        environment.putAll(Compose.read("compose.benches.yaml").coordinator().environment());
        assertAccepted(environment);
    }

    @Test
    void serviceAcceptsTheSettingsOfTheDeployment() {
        Map<String, String> environment = new TreeMap<>(Manifests.settings());
        environment.putAll(environment(Manifests.read(Manifests.KUBERNETES).coordinators().get(0)));
        assertAccepted(environment);
    }

    @Test
    void serviceAcceptsTheSettingsOfKnative() {
        assertAccepted(environment(Manifests.read(Manifests.KNATIVE).coordinators().get(0)));
    }

    private static Map<String, String> environment(Container container) {
        Map<String, String> environment = new TreeMap<>();
        // The only variable from a secret is the address of Redis.
        container.getEnv()
                .stream()
                .filter(variable -> variable.getValueFrom() == null)
                .forEach(variable -> environment.put(variable.getName(), variable.getValue()));
        return environment;
    }

    /** Passes the variables as properties, since unknown variables of Quarkus are not reported. */
    private void assertAccepted(Map<String, String> environment) {
        Map<String, String> names = Docs.variables();
        assertThat(names.keySet()).containsAll(environment.keySet());
        try (RedisProcess redis = new RedisProcess().start();
                ServiceProcess service = ServiceProcess.start(Stream
                        .concat(environment.entrySet()
                                .stream()
                                .map(setting -> "-D" + names.get(setting.getKey()) + "=" + setting.getValue()),
                                // Redis and a key file of this test
                                Stream.of("-Dquarkus.redis.hosts=" + redis.uri(),
                                        KeyFile.with(temp.resolve("keys"), "agent")))
                        .toArray(String[]::new))) {
            assertThat(
                    Rpc.of(service)
                            .as(KeyFile.key("agent"))
                            .call("system.register")
                            .with("id", "w1")
                            .with("roles", List.of())
                            .result()
                            .get("registered")
                            .booleanValue())
                    .isTrue();
            assertThat(redis.cli("GET", "cb:leader:current")).isEqualTo("w1");
            assertThat(service.log()).doesNotContain("Unrecognized configuration key");
        }
    }
}
