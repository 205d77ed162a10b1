package dev.claudebench.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import com.fasterxml.jackson.databind.JsonNode;

import dev.claudebench.support.RedisProcess;
import dev.claudebench.support.RpcClient;
import dev.claudebench.support.ServiceProcess;

class RedisRestartIT {
    private static final int CLIENTS = 8;
    private static final int ENOUGH = 300;
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int CIRCUIT_OPEN = -32001;
    private static final int UNAVAILABLE = -32004;

    private RedisProcess redis;
    private ServiceProcess service;

    @BeforeEach
    void start() {
        redis = new RedisProcess("--appendonly", "yes", "--appendfsync", "always").start();
        service = ServiceProcess.start("-Dquarkus.redis.hosts=" + redis.uri(), "-Dclaudebench.circuit-breaker.delay=1s",
                "-Dclaudebench.rate-limit.\"task.create\".limit=0");
    }

    @AfterEach
    void end() {
        service.close();
        redis.close();
    }

    @Test
    void redisThatIsStoppedUnderLoadComesBackWithAllThatWasAcknowledged() {
        comesBackWithAllThatWasAcknowledgedAfter(redis::stop);
    }

    @Test
    void redisThatIsKilledUnderLoadComesBackWithAllThatWasAcknowledged() {
        comesBackWithAllThatWasAcknowledgedAfter(redis::kill);
    }

    private void comesBackWithAllThatWasAcknowledgedAfter(Runnable end) {
        Load load = new Load(service.rpc());
        try {
            await().atMost(PATIENCE).until(() -> load.acknowledged.size() >= ENOUGH);
            Set<String> before = Set.copyOf(load.acknowledged);

            end.run();
            await("callers to be told").atMost(PATIENCE).until(() -> load.codes.contains(CIRCUIT_OPEN));
            redis.start();
            assertThat(tasks()).containsAll(before);

            int then = load.acknowledged.size();
            await("recovery").atMost(PATIENCE).until(() -> load.acknowledged.size() >= then + ENOUGH);
        } finally {
            load.stop();
        }

        assertThat(load.unexpected).isEmpty();
        assertThat(load.codes).contains(UNAVAILABLE, CIRCUIT_OPEN);
        assertThat(tasks()).doesNotHaveDuplicates()
                .containsAll(load.acknowledged)
                .doesNotContainAnyElementsOf(load.notExecuted);
    }

    /** The texts of all tasks: nobody takes one, so all of them are pending. */
    private List<String> tasks() {
        return redis.cli("SORT", "cb:queue:tasks:pending", "BY", "nosort", "GET", "cb:task:*->text").lines().toList();
    }

    /** Clients that create one task after the other, each with a text of its own. */
    private static final class Load {
        private final Set<String> acknowledged = ConcurrentHashMap.newKeySet();
        private final Set<String> notExecuted = ConcurrentHashMap.newKeySet();
        private final Set<Integer> codes = ConcurrentHashMap.newKeySet();
        private final Queue<JsonNode> unexpected = new ConcurrentLinkedQueue<>();
        private final ExecutorService threads = Executors.newFixedThreadPool(CLIENTS);
        private final List<CompletableFuture<Void>> clients = new ArrayList<>();
        private volatile boolean stopped;

        Load(RpcClient rpc) {
            for (int i = 0; i < CLIENTS; i++) {
                String name = "client " + i;
                clients.add(CompletableFuture.runAsync(() -> run(rpc, name), threads));
            }
        }

        private void run(RpcClient rpc, String name) {
            for (int i = 0; !stopped; i++) {
                String text = name + " task " + i;
                record(text, rpc.call("task.create", "{'text':'" + text + "'}"));
            }
        }

        private void record(String text, JsonNode response) {
            int code = response.at("/error/code").intValue();
            if (response.at("/result/text").asText().equals(text)) {
                acknowledged.add(text);
            } else if (code == UNAVAILABLE || code == CIRCUIT_OPEN) {
                codes.add(code);
                if (code == CIRCUIT_OPEN || response.at("/error/data/outcome").asText().equals("not_executed")) {
                    notExecuted.add(text);
                }
            } else {
                unexpected.add(response);
            }
        }

        void stop() {
            stopped = true;
            try {
                CompletableFuture.allOf(clients.toArray(CompletableFuture[]::new)).join();
            } finally {
                threads.shutdownNow();
            }
        }
    }
}
