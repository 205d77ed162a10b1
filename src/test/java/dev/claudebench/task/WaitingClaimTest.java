package dev.claudebench.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;

import jakarta.inject.Inject;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import com.fasterxml.jackson.databind.JsonNode;

import dev.claudebench.support.FleetTest;
import dev.claudebench.support.Rpc;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;

/** Claims with {@code waitMs}. */
@QuarkusTest
@TestProfile(WaitingClaimTest.FewPlaces.class)
class WaitingClaimTest extends FleetTest {
    private static final int PLACES = 4;
    private static final int LONG = 20_000;
    private static final Duration SOON = Duration.ofSeconds(1);

    @Inject
    MeterRegistry registry;

    public static class FewPlaces implements QuarkusTestProfile {
        @Override
        public Map<String, String> getConfigOverrides() {
            return Map.of("claudebench.overload.max-calls", Integer.toString(PLACES),
                    "claudebench.instance.sweep-interval", "200ms",
                    "claudebench.rate-limit.\"task.claim\".limit", "6000");
        }
    }

    private Rpc.Call waiting(String workerId, int waitMillis) {
        return rpc("task.claim").with("workerId", workerId).with("waitMs", waitMillis);
    }

    /** Sends a claim. Returns once it waits. */
    private CompletableFuture<JsonNode> startWaiting(String workerId) {
        int before = waiters();
        CompletableFuture<JsonNode> claim = waiting(workerId, LONG).responseLater();
        await().until(() -> waiters() == before + 1);
        return claim;
    }

    private int waiters() {
        return (int) registry.get(ClaimWaiters.WAITING).gauge().value();
    }

    private static String textSoon(CompletableFuture<JsonNode> claim) {
        await().atMost(SOON).until(claim::isDone);
        return claim.join().at("/result/task/text").asText("nothing");
    }

    private JsonNode createUsing(String text, String path) {
        return rpc("task.create").with("text", text).with("resources", List.of(path)).result();
    }

    @BeforeEach
    void noWaitersOfOtherTests() {
        await().until(() -> waiters() == 0);
        register("w1", "worker");
        register("w2", "worker");
    }

    @Test
    void claimIsAnsweredAtOnceWhenThereIsATask() {
        createTask("t");
        assertThat(textSoon(waiting("w1", LONG).responseLater())).isEqualTo("t");
        assertThat(waiters()).isZero();
    }

    @Test
    void claimIsAnsweredEmptyAfterItsTime() {
        long start = System.nanoTime();
        JsonNode result = waiting("w1", 700).result();
        assertThat(result.get("claimed").booleanValue()).isFalse();
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isBetween(Duration.ofMillis(700),
                Duration.ofMillis(3000));
        assertThat(waiters()).isZero();
    }

    @Test
    void createdTaskIsClaimedByTheOneThatHasWaitedLongest() {
        CompletableFuture<JsonNode> first = startWaiting("w1");
        CompletableFuture<JsonNode> second = startWaiting("w2");
        createTask("t");
        assertThat(textSoon(first)).isEqualTo("t");
        createTask("u");
        assertThat(textSoon(second)).isEqualTo("u");
    }

    @Test
    void createdTaskIsClaimedByAWaiterWithItsRoles() {
        register("gpu", "worker,gpu");
        CompletableFuture<JsonNode> plain = startWaiting("w1");
        CompletableFuture<JsonNode> able = startWaiting("gpu");
        createTask("t", 50, "gpu");
        assertThat(textSoon(able)).isEqualTo("t");
        createTask("u");
        assertThat(textSoon(plain)).isEqualTo("u");
    }

    @Test
    void releasedTaskWakesAWaiter() {
        createTask("t");
        JsonNode claimed = claim("w1");
        CompletableFuture<JsonNode> waiter = startWaiting("w2");
        report("task.release", claimed).result();
        assertThat(textSoon(waiter)).isEqualTo("t");
    }

    @Test
    void taskThatIsDueWakesAWaiter() {
        CompletableFuture<JsonNode> waiter = startWaiting("w1");
        rpc("task.create").with("text", "t").with("delayMs", 500).result();
        await().atMost(Duration.ofSeconds(2)).until(waiter::isDone);
        assertThat(textSoon(waiter)).isEqualTo("t");
    }

    @Test
    void unblockedTaskWakesAWaiter() {
        createTask("first");
        JsonNode first = claim("w1");
        rpc("task.create").with("text", "after").with("dependsOn", List.of(first.get("id"))).result();
        CompletableFuture<JsonNode> waiter = startWaiting("w2");
        report("task.complete", first).result();
        assertThat(textSoon(waiter)).isEqualTo("after");
    }

    @Test
    void freedResourcesWakeAWaiter() {
        createUsing("holder", "repo/src");
        JsonNode holder = claim("w1");
        createUsing("next", "repo");
        CompletableFuture<JsonNode> waiter = startWaiting("w2");
        report("task.complete", holder).result();
        assertThat(textSoon(waiter)).isEqualTo("next");
    }

    @Test
    void waiterAtItsCapacityDoesNotKeepATaskFromTheNext() {
        createTask("t");
        rpc("system.register").with("id", "w1").with("roles", List.of("worker")).with("capacity", 1).result();
        claim("w1");
        CompletableFuture<JsonNode> full = startWaiting("w1");
        CompletableFuture<JsonNode> free = startWaiting("w2");
        createTask("u");
        assertThat(textSoon(free)).isEqualTo("u");
        assertThat(full).isNotDone();
        unregister("w1");
        createTask("to wake it");
        await().until(full::isDone);
    }

    @Test
    void waiterWhoseWorkerIsGoneDoesNotKeepATaskFromTheNext() {
        CompletableFuture<JsonNode> gone = startWaiting("w1");
        CompletableFuture<JsonNode> free = startWaiting("w2");
        unregister("w1");
        createTask("t");
        assertThat(textSoon(free)).isEqualTo("t");
        assertThat(gone.join().at("/error/data/reason").asText()).isEqualTo("worker_not_registered");
    }

    @Test
    void claimThatWaitsCountsOnceForTheRateLimit() {
        createUsing("holder", "repo");
        JsonNode holder = claim("w1");
        createUsing("passed over", "repo");
        redis.execute("DEL", "cb:ratelimit:task.claim:127.0.0.1");
        CompletableFuture<JsonNode> waiter = startWaiting("w2");
        createUsing("passed over, too", "repo/src");
        report("task.complete", holder).result();
        assertThat(textSoon(waiter)).isEqualTo("passed over");
        assertThat(number("ZCARD", "cb:ratelimit:task.claim:127.0.0.1")).isEqualTo(1);
    }

    @Test
    void claimsThatWaitHoldNoPlacesOfOtherCalls() {
        for (int i = 0; i < 2 * PLACES; i++) {
            register("many" + i, "worker");
        }
        List<CompletableFuture<JsonNode>> claims = IntStream.range(0, 2 * PLACES)
                .mapToObj(i -> startWaiting("many" + i))
                .toList();
        createTasks(2 * PLACES, "t");
        claims.forEach(claim -> assertThat(claim.join().at("/result/claimed").booleanValue()).isTrue());
    }

    @Test
    void waiterWhoseClientHasGoneTakesNoTask() throws IOException {
        String body = waiting("w1", LONG).toString();
        try (Socket client = new Socket(service.getHost(), service.getPort())) {
            client.getOutputStream()
                    .write(("POST /rpc HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: "
                            + body.length() + "\r\n\r\n" + body).getBytes(StandardCharsets.US_ASCII));
            await().until(() -> waiters() == 1);
        }
        CompletableFuture<JsonNode> other = startWaiting("w2");

        createTask("t");

        assertThat(textSoon(other)).isEqualTo("t");
        assertThat(waiters()).isZero();
        assertThat(tasksOf("w1")).isEmpty();
    }
}
