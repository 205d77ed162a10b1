package dev.claudebench.event;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.Test;

import dev.claudebench.support.FleetTest;
import dev.claudebench.support.SseClient;
import io.quarkus.test.junit.QuarkusTest;

/** More benches are followed than there are connections to Redis. */
@QuarkusTest
class ManyBenchesTest extends FleetTest {
    private static final int BENCHES = 90;

    @Test
    void followersGetTheEventsOfAllAndCallsAreCarriedOut() {
        List<SseClient> clients = new ArrayList<>();
        try {
            for (int i = 0; i < BENCHES; i++) {
                clients.add(SseClient.followBench(service, "b" + i, "").awaitPosition());
            }
            for (int i = 0; i < BENCHES; i++) {
                rpc().on("b" + i).call("task.create").with("text", "t").result();
            }
            for (SseClient client : clients) {
                assertThat(client.next().event()).isEqualTo("task.created");
            }
        } finally {
            clients.forEach(SseClient::close);
        }
    }
}
