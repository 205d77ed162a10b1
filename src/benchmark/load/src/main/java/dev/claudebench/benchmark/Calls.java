package dev.claudebench.benchmark;

import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;

/** The bodies of calls. The fleet is {@code i0}, {@code i1}, …; every second of them is a worker. */
final class Calls {
    private final int fleet;
    private final AtomicLong counter = new AtomicLong();

    Calls(int fleet) {
        this.fleet = fleet;
    }

    /** Registers a new instance. */
    String register() {
        return register("agent-" + counter.incrementAndGet(), "worker");
    }

    /** Registers an instance with one role. */
    String register(String id, String role) {
        return call("system.register", "\"id\":\"" + id + "\",\"roles\":[\"" + role
                + "\"],\"sessionId\":\"s1\",\"metadata\":{\"host\":\"node-17\",\"pid\":4711}");
    }

    /** Registers all instances of the fleet. */
    List<String> registerFleet() {
        return IntStream.range(0, fleet).mapToObj(i -> register("i" + i, i % 2 == 0 ? "worker" : "monitor")).toList();
    }

    String unregister(String id) {
        return call("system.unregister", "\"instanceId\":\"" + id + "\",\"sessionId\":\"s1\"");
    }

    /** Renews the next instance of the fleet. */
    String renew() {
        return register(next(), "worker");
    }

    /** A heartbeat of the next instance of the fleet. */
    String heartbeat() {
        return heartbeat(next());
    }

    /** A heartbeat of an instance of the fleet. */
    String heartbeat(String id) {
        return call("system.heartbeat", "\"instanceId\":\"" + id + "\",\"sessionId\":\"s1\"");
    }

    String create() {
        return call("task.create", "\"text\":\"Look at module " + counter.incrementAndGet()
                + " and say what is wrong with it\",\"priority\":50");
    }

    String claim(String worker) {
        return call("task.claim", "\"workerId\":\"" + worker + "\",\"sessionId\":\"s1\"");
    }

    /** A claim that waits for a task. */
    String claim(String worker, long waitMillis) {
        return call("task.claim", "\"workerId\":\"" + worker + "\",\"sessionId\":\"s1\",\"waitMs\":" + waitMillis);
    }

    String complete(String task, String worker) {
        return call("task.complete", "\"id\":\"" + task + "\",\"workerId\":\"" + worker
                + "\",\"sessionId\":\"s1\",\"result\":{\"found\":\"nothing\"}");
    }

    /** The next worker of the fleet. */
    String worker() {
        return "i" + counter.incrementAndGet() % (fleet / 2) * 2;
    }

    private String next() {
        return "i" + counter.incrementAndGet() % fleet;
    }

    private static String call(String method, String params) {
        return "{\"jsonrpc\":\"2.0\",\"method\":\"" + method + "\",\"params\":{" + params + "},\"id\":1}";
    }
}
