package dev.claudebench.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.Set;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import dev.claudebench.support.RedisProcess;
import dev.claudebench.support.Rpc;
import dev.claudebench.support.ServiceProcess;

class RedisRestartIT {
    private static final int ENOUGH = 300;
    private static final Duration TIMEOUT = Duration.ofSeconds(60);

    private RedisProcess redis;
    private ServiceProcess service;

    @BeforeEach
    void start() {
        redis = new RedisProcess("--appendonly", "yes", "--appendfsync", "always").start();
        service = ServiceProcess.start("-Dquarkus.redis.hosts=" + redis.uri(),
                "-Dsmallrye.faulttolerance.global.circuit-breaker.delay=1",
                "-Dclaudebench.rate-limit.\"task.create\".limit=0");
    }

    @AfterEach
    void end() {
        service.close();
        redis.close();
    }

    @Test
    void redisStoppedUnderLoadKeepsAllAcknowledgedWrites() {
        comesBackWithAllThatWasAcknowledgedAfter(redis::stop);
    }

    @Test
    void redisKilledUnderLoadKeepsAllAcknowledgedWrites() {
        comesBackWithAllThatWasAcknowledgedAfter(redis::kill);
    }

    private void comesBackWithAllThatWasAcknowledgedAfter(Runnable end) {
        TaskLoad load = new TaskLoad(Rpc.of(service));
        try (load) {
            await().atMost(TIMEOUT).until(() -> load.acknowledged().size() >= ENOUGH);
            Set<String> before = Set.copyOf(load.acknowledged());

            end.run();
            await("an open breaker").atMost(TIMEOUT).until(() -> load.codes().contains(TaskLoad.CIRCUIT_OPEN));
            redis.start();
            assertThat(TaskLoad.tasksIn(redis)).containsAll(before);

            int then = load.acknowledged().size();
            await("recovery").atMost(TIMEOUT).until(() -> load.acknowledged().size() >= then + ENOUGH);
        }

        assertThat(load.unexpected()).isEmpty();
        assertThat(load.codes()).contains(TaskLoad.UNAVAILABLE, TaskLoad.CIRCUIT_OPEN);
        assertThat(TaskLoad.tasksIn(redis)).doesNotHaveDuplicates()
                .containsAll(load.acknowledged())
                .doesNotContainAnyElementsOf(load.notExecuted());
    }
}
