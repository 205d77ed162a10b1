package dev.claudebench.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import com.fasterxml.jackson.databind.JsonNode;

import dev.claudebench.method.Json;
import dev.claudebench.support.Cb;
import dev.claudebench.support.RedisProcess;
import dev.claudebench.support.Rpc;
import dev.claudebench.support.ServiceProcess;

/** {@code cb watch}. */
class WatchIT {
    private static final Duration TIMEOUT = Duration.ofSeconds(40);

    @TempDir
    private Path temp;

    @Test
    void everyEventIsPrintedOnceAlsoAcrossARestartOfTheService() {
        try (RedisProcess redis = new RedisProcess().start();
                ServiceProcess first = ServiceProcess.start("-Dquarkus.redis.hosts=" + redis.uri())) {
            URI base = first.base();
            Rpc rpc = Rpc.of(first);
            rpc.call("task.create").with("text", "0").result();
            Cb cb = new Cb(temp, base);
            try (Cb.Run json = cb.start("watch", "--since", "0", "--json", "--type", "task.created");
                    Cb.Run people = cb.start("watch", "--since", "0", "--type", "task.created,instance.registered")) {
                rpc.call("task.create").with("text", "1").with("priority", 1).result();
                await().atMost(TIMEOUT)
                        .until(() -> people.out().lines().count() == 2 && json.out().lines().count() == 2);
                assertThat(people.out().lines().toList().get(1)).matches(
                        "\\d{4}-\\d\\d-\\d\\dT\\S+Z task\\.created id=\\S+ priority=1 roles= status=pending");
                first.kill();
                await().atMost(TIMEOUT).until(() -> json.err().contains("trying again"));
                try (ServiceProcess second = ServiceProcess.start("-Dquarkus.redis.hosts=" + redis.uri(),
                        "-Dquarkus.http.port=" + base.getPort())) {
                    Rpc again = Rpc.of(second);
                    again.call("task.create").with("text", "2").with("priority", 2).result();
                    again.call("system.register").with("id", "w1").with("roles", List.of("worker")).result();
                    await().atMost(TIMEOUT).until(() -> people.out().contains("instance.registered"));
                    await().atMost(TIMEOUT).until(() -> json.out().lines().count() == 3);
                }
                assertThat(json.out()
                        .lines()
                        .map(Json::read)
                        .map((JsonNode event) -> event.at("/payload/priority").intValue()))
                        .containsExactly(50, 1, 2);
                assertThat(json.out().lines().map(Json::read)).allMatch(event -> event.hasNonNull("id"));
                assertThat(people.out().lines()).hasSize(4);
                assertThat(people.err()).hasLineCount(1);
            }
        }
    }
}
