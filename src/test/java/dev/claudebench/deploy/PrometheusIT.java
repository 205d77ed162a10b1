package dev.claudebench.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import com.fasterxml.jackson.databind.JsonNode;

import dev.claudebench.support.KeyFile;
import dev.claudebench.support.RedisProcess;
import dev.claudebench.support.Rpc;
import dev.claudebench.support.ServiceProcess;

/** Prometheus scrapes the service: every series and label in the rules and the dashboard exists. */
class PrometheusIT {
    /** Most recently started first. */
    private static final Deque<AutoCloseable> STARTED = new ArrayDeque<>();
    private static RedisProcess redis;
    private static ServiceProcess service;
    private static PrometheusProcess prometheus;

    @BeforeAll
    static void start(@TempDir Path temp) {
        PrometheusTools.program("prometheus");
        redis = started(new RedisProcess("--appendonly", "yes")).start();
        service = started(
                ServiceProcess.start("-Dquarkus.redis.hosts=" + redis.uri(), "-Dclaudebench.metrics.refresh=1s",
                        "-Dsmallrye.faulttolerance.global.circuit-breaker.delay=1",
                        KeyFile.with(temp.resolve("keys"), "viewer", "admin")));
        prometheus = started(new PrometheusProcess(service.base(), KeyFile.key("viewer")));
        Rpc rpc = Rpc.of(service).as(KeyFile.key("admin"));
        rpc.call("task.create").with("text", "t").result();
        rpc.call("system.register").with("id", "w1").with("roles", List.of("worker")).result();
        String task = rpc.call("task.claim").with("workerId", "w1").result().get("taskId").asText();
        rpc.call("task.complete").with("id", task).with("workerId", "w1").result();
        rpc.call("system.heartbeat").with("instanceId", "w1").result();
    }

    @AfterAll
    static void stop() throws Exception {
        for (AutoCloseable one : STARTED) {
            one.close();
        }
    }

    private static <T extends AutoCloseable> T started(T process) {
        STARTED.push(process);
        return process;
    }

    private static ConditionFactory awaitScrapes() {
        return await().atMost(Duration.ofSeconds(40)).pollInterval(Duration.ofMillis(500));
    }

    @Test
    void everyRuleIsHealthyAndItsSeriesExist() {
        assertThat(prometheus.rules("record")).hasSizeGreaterThan(3);
        assertThat(prometheus.rules("alert")).hasSizeGreaterThan(8);
        for (String type : List.of("record", "alert")) {
            awaitScrapes().untilAsserted(() -> assertThat(prometheus.rules(type)).allSatisfy(rule -> {
                assertThat(rule.get("health").asText()).as(rule.toString()).isEqualTo("ok");
                assertThat(prometheus.unknown(rule.get("query").asText())).as(rule.get("name").asText()).isEmpty();
            }));
        }
    }

    @Test
    void everyPanelHasDataAndTheLabelsOfItsLegend() {
        awaitScrapes().untilAsserted(() -> assertThat(new Dashboard().queries()).isNotEmpty().allSatisfy(query -> {
            assertThat(prometheus.unknown(query.expression())).as(query.panel()).isEmpty();
            assertThat(prometheus.query(query.expression())).as("%s: %s", query.panel(), query.expression())
                    .isNotEmpty()
                    .allSatisfy(series -> assertThat(series.get("metric").fieldNames()).toIterable()
                            .containsAll(query.labels()));
        }));
        assertThat(prometheus.unknown(new Dashboard().jobs())).isEmpty();
    }

    @Test
    void misspelledSeriesAndLabelsAreDetected() {
        awaitScrapes().until(() -> prometheus.unknown("claudebench_calls_active{job=\"claudebench\"}").isEmpty());

        assertThat(prometheus.unknown("sum by (job) (rate(claudebench_calls_aktive[5m]))"))
                .containsExactly("claudebench_calls_aktive{}", "job");
        assertThat(prometheus.unknown("max by (method, gard) (claudebench_guard_refusals_total) > on (job) up"))
                .containsExactly("gard");
        assertThat(
                prometheus.unknown("claudebench_guard_refusals_total{job=\"claudebench\",guard=~\"overload|limit\"}"))
                .containsExactly("claudebench_guard_refusals_total{job=\"claudebench\",guard=\"limit\"}");
    }

    @Test
    void unreachableRedisRaisesAnAlertAndCountersKeepTheirValues() {
        String created = "claudebench_fleet_events_total{type=\"task.created\"}";
        awaitScrapes().untilAsserted(() -> assertThat(value(created)).isEqualTo("1"));
        redis.kill();
        try {
            awaitScrapes().untilAsserted(() -> assertThat(alert("ClaudebenchRedisUnreachable"))
                    .anySatisfy(alert -> assertThat(alert.at("/annotations/summary").asText())
                            .isEqualTo(service.base().getAuthority() + " cannot read Redis")));
            assertThat(value("claudebench_instances")).isEqualTo("NaN");
            assertThat(value(created)).isEqualTo("1");
        } finally {
            redis.start();
        }
        awaitScrapes().untilAsserted(() -> assertThat(alert("ClaudebenchRedisUnreachable")).isEmpty());
        assertThat(value(created)).isEqualTo("1");
    }

    private static String value(String expression) {
        return prometheus.query(expression).at("/0/value/1").asText();
    }

    /** Returns the pending and firing instances of an alert. */
    private static JsonNode alert(String name) {
        return prometheus.rules("alert")
                .stream()
                .filter(rule -> rule.get("name").asText().equals(name))
                .findFirst()
                .orElseThrow()
                .get("alerts");
    }
}
