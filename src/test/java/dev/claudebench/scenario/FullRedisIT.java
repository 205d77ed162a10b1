package dev.claudebench.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import com.fasterxml.jackson.databind.JsonNode;

import dev.claudebench.support.RedisProcess;
import dev.claudebench.support.Rpc;
import dev.claudebench.support.ServiceProcess;

/** A Redis that has reached its {@code maxmemory} takes no new tasks and instances, and serves those that it has. */
class FullRedisIT {
    private static final Duration TTL = Duration.ofSeconds(3);
    private static final int ROOM = 12_000_000;
    private static final int ENOUGH = 2000;
    private static final int UNAVAILABLE = -32004;

    private static RedisProcess redis;
    private static ServiceProcess service;
    private static Rpc rpc;

    @BeforeAll
    static void start() {
        redis = new RedisProcess().start();
        service = ServiceProcess.start("-Dquarkus.redis.hosts=" + redis.uri(),
                "-Dclaudebench.instance.ttl=" + TTL.toSeconds() + "s", "-Dclaudebench.task.retention-count=1",
                "-Dclaudebench.rate-limit.\"task.create\".limit=0",
                "-Dclaudebench.rate-limit.\"system.register\".limit=0",
                "-Dsmallrye.faulttolerance.global.circuit-breaker.delay=1");
        rpc = Rpc.of(service);
        setMaxMemory(ROOM);
    }

    @AfterAll
    static void end() {
        service.close();
        redis.close();
    }

    /** @param room what there is beyond the memory that is used now; what connections take comes and goes */
    private static void setMaxMemory(int room) {
        long used = redis.cli("INFO", "memory")
                .lines()
                .filter(line -> line.startsWith("used_memory:"))
                .mapToLong(line -> Long.parseLong(line.substring(line.indexOf(':') + 1).strip()))
                .sum();
        redis.cli("CONFIG", "SET", "maxmemory", Long.toString(used + room));
    }

    private static Rpc.Call registration(String id, String role) {
        return rpc.call("system.register").with("id", id).with("roles", List.of(role));
    }

    private static boolean beats(String id) {
        return rpc.call("system.heartbeat").with("instanceId", id).result().get("alive").booleanValue();
    }

    private static JsonNode claim() {
        return rpc.call("task.claim").with("workerId", "w1").result().get("task");
    }

    private static Rpc.Call report(String method, JsonNode task) {
        return rpc.call(method).with("taskId", task.get("id")).with("claim", task.get("claim"));
    }

    private static Rpc.Call creation() {
        return rpc.call("task.create").with("text", "x".repeat(16_000)).with("roles", List.of("nobody"));
    }

    /** Creates tasks until Redis is full, while these instances live. Returns their ids. */
    private static List<String> fill(String... instances) {
        List<String> tasks = new ArrayList<>();
        JsonNode response = creation().response();
        while (response.has("result") && tasks.size() < ENOUGH) {
            tasks.add(response.at("/result/id").asText());
            if (tasks.size() % 10 == 0) {
                assertThat(instances).allMatch(FullRedisIT::beats);
            }
            response = creation().response();
        }
        assertThat(response.at("/error/code").intValue()).as("%s", response).isEqualTo(UNAVAILABLE);
        assertThat(response.at("/error/data/outcome").asText()).isEqualTo("not_executed");
        assertThat(response.at("/error/message").asText()).contains("OOM");
        return tasks;
    }

    @Test
    void fullRedisServesWhatItHasAndTakesNothingNew() {
        registration("chief", "leader").result();
        registration("w1", "worker").result();
        registration("w2", "monitor").result();
        for (int i = 0; i < 3; i++) {
            rpc.call("task.create").with("text", "small").result();
        }
        JsonNode begun = claim();
        String term = redis.cli("GET", "cb:leader:term");

        List<String> tasks = fill("chief", "w1", "w2");
        setMaxMemory(-1_000_000);

        await().during(TTL.multipliedBy(2))
                .atMost(TTL.multipliedBy(4))
                .until(() -> beats("chief") && beats("w1")
                        && beats("w2"));
        assertThat(redis.cli("GET", "cb:leader:current")).isEqualTo("chief");
        assertThat(redis.cli("GET", "cb:leader:term")).as("no election").isEqualTo(term);
        assertThat(registration("new", "worker").error(UNAVAILABLE).at("/data/outcome").asText())
                .isEqualTo("not_executed");
        assertThat(redis.cli("EXISTS", "cb:instance:new")).isEqualTo("0");
        report("task.progress", begun).with("note", "half").result();
        report("task.complete", begun).with("result", Map.of("done", true)).result();
        report("task.release", claim()).result();
        report("task.complete", claim()).with("error", "broke").result();
        rpc.call("task.cancel").with("taskId", tasks.get(0)).result();
        assertThat(rpc.call("system.get_state").result().get("instances")).hasSize(3);
        assertThat(rpc.http().get("/q/health/ready").asString()).contains("\"status\": \"UP\"").doesNotContain("DOWN");
        rpc.call("system.unregister").with("instanceId", "w2").result();

        // ended tasks are not kept here, so that each makes room
        tasks.subList(1, tasks.size()).forEach(task -> rpc.call("task.cancel").with("taskId", task).result());

        await().until(() -> creation().succeeds());
        await().until(() -> registration("new", "worker").succeeds());
    }

    /** A worker that is silent meanwhile expires, and its task goes to another. */
    @Test
    void sweepWorksInAFullRedis() {
        registration("dies", "worker").result();
        List<String> tasks = fill();

        await().until(() -> redis.cli("ZSCORE", "cb:instances:active", "dies").isEmpty());

        tasks.forEach(task -> rpc.call("task.cancel").with("taskId", task).result());
    }
}
