package dev.claudebench.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import dev.claudebench.support.RedisProcess;
import dev.claudebench.support.Rpc;
import dev.claudebench.support.ServiceProcess;

/** What the log says of a fleet: elections, losses, and nothing else. */
class FleetLogIT {
    private static final Duration TIMEOUT = Duration.ofSeconds(30);
    private static final Pattern EXPIRED = Pattern
            .compile("INFO .*instances expired: bench=default count=(\\d+) ids=\\[(\"i\\d+\",?){1,10}]");

    private final RedisProcess redis = new RedisProcess();
    private ServiceProcess service;
    private Rpc rpc;

    @BeforeEach
    void start() {
        service = ServiceProcess.start("-Dquarkus.redis.hosts=" + redis.start().uri(), "-Dclaudebench.instance.ttl=3s",
                "-Dclaudebench.rate-limit.\"system.register\".limit=0");
        rpc = Rpc.of(service);
    }

    @AfterEach
    void stop() {
        service.close();
        redis.close();
    }

    @Test
    void electionIsALineAndSteadyWorkIsNone() {
        registerWorker("w1");
        assertThat(lines("leader elected")).singleElement()
                .asString()
                .containsPattern("INFO .*leader elected: bench=default id=\"w1\" term=\\d{13}$");

        String before = service.log();
        for (int i = 0; i < 20; i++) {
            registerWorker("w2");
            rpc.call("system.heartbeat").with("instanceId", "w1").result();
            String task = createTask(3);
            rpc.call("task.claim").with("workerId", "w2").result();
            rpc.call("task.complete").with("taskId", task).with("workerId", "w2").with("result", "done").result();
        }
        assertThat(service.log()).isEqualTo(before);
    }

    @Test
    void fleetThatDiesIsAFewLinesWithItsSize() {
        long begun = System.nanoTime();
        for (int batch = 0; batch < 5; batch++) {
            rpc.batch(IntStream.range(batch * 50, batch * 50 + 50)
                    .mapToObj(i -> rpc.call("system.register").with("id", "i" + i).with("roles", List.of()))
                    .toList());
        }
        // they die as far apart as they were registered
        int seconds = (int) Duration.ofNanos(System.nanoTime() - begun).toSeconds();
        await().atMost(TIMEOUT).until(() -> expired() == 250);
        assertThat(lines("expired")).hasSizeLessThanOrEqualTo(4 + seconds);
    }

    @Test
    void deadTaskIsAWarning() {
        registerWorker("w1");
        String task = createTask(1);
        rpc.call("task.claim").with("workerId", "w1").result();
        rpc.call("task.complete").with("taskId", task).with("workerId", "w1").with("error", "no disk").result();

        await().atMost(TIMEOUT).until(() -> !lines("tasks dead").isEmpty());
        assertThat(lines("tasks dead")).singleElement()
                .asString()
                .contains("WARN ", "tasks dead: bench=default count=1 ids=[\"" + task + "\"]");
    }

    private void registerWorker(String id) {
        rpc.call("system.register").with("id", id).with("roles", List.of("worker")).result();
    }

    private String createTask(int maxAttempts) {
        return rpc.call("task.create")
                .with("text", "any")
                .with("maxAttempts", maxAttempts)
                .result()
                .get("id")
                .textValue();
    }

    private int expired() {
        return lines("expired").stream().mapToInt(line -> {
            Matcher matcher = EXPIRED.matcher(line);
            assertThat(matcher.find()).as(line).isTrue();
            return Integer.parseInt(matcher.group(1));
        }).sum();
    }

    private List<String> lines(String text) {
        return service.log().lines().filter(line -> line.contains(text)).toList();
    }
}
