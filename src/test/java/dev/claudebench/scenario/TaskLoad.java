package dev.claudebench.scenario;

import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

import com.fasterxml.jackson.databind.JsonNode;

import dev.claudebench.support.RedisProcess;
import dev.claudebench.support.Rpc;

/** Clients that create one task after the other, each with another text, and record the outcomes. */
final class TaskLoad implements AutoCloseable {
    static final int CIRCUIT_OPEN = -32001;
    static final int UNAVAILABLE = -32004;
    private static final int CLIENTS = 8;

    private final Set<String> acknowledged = ConcurrentHashMap.newKeySet();
    private final Set<String> notExecuted = ConcurrentHashMap.newKeySet();
    private final Set<String> broken = ConcurrentHashMap.newKeySet();
    private final Set<Integer> codes = ConcurrentHashMap.newKeySet();
    private final Queue<JsonNode> unexpected = new ConcurrentLinkedQueue<>();
    private final ExecutorService threads;
    private final List<CompletableFuture<Void>> clients = new ArrayList<>();
    private volatile boolean stopped;

    TaskLoad(Rpc rpc) {
        this(Collections.nCopies(CLIENTS, rpc));
    }

    /** With one client for each. */
    TaskLoad(List<Rpc> rpcs) {
        threads = Executors.newFixedThreadPool(rpcs.size());
        for (int i = 0; i < rpcs.size(); i++) {
            String name = "client " + i;
            Rpc rpc = rpcs.get(i);
            clients.add(CompletableFuture.runAsync(() -> run(rpc, name), threads));
        }
    }

    /** Returns the texts of all tasks, which must all be pending. */
    static List<String> tasksIn(RedisProcess redis) {
        return redis.cli("SORT", "cb:queue:tasks:pending", "BY", "nosort", "GET", "cb:task:*->text").lines().toList();
    }

    /** The texts of the tasks that were returned to callers. */
    Set<String> acknowledged() {
        return acknowledged;
    }

    /** The texts of the tasks whose creation was reported as not executed. */
    Set<String> notExecuted() {
        return notExecuted;
    }

    /** The texts of the tasks whose calls ended without an answer. A client stops after its first such call. */
    Set<String> broken() {
        return broken;
    }

    /** Whether the connection of every client has broken. */
    boolean ended() {
        return clients.stream().allMatch(CompletableFuture::isDone);
    }

    /** The errors that callers got, of those that are documented for a Redis that fails. */
    Set<Integer> codes() {
        return codes;
    }

    /** All other errors. */
    Queue<JsonNode> unexpected() {
        return unexpected;
    }

    private void run(Rpc rpc, String name) {
        for (int i = 0; !stopped; i++) {
            String text = name + " task " + i;
            try {
                record(text, rpc.call("task.create").with("text", text).response());
            } catch (UncheckedIOException e) {
                broken.add(text);
                return;
            }
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

    /** Ends the clients once each of them has its answer. */
    @Override
    public void close() {
        stopped = true;
        try {
            CompletableFuture.allOf(clients.toArray(CompletableFuture[]::new)).join();
        } finally {
            threads.shutdownNow();
        }
    }
}
