package dev.claudebench.benchmark;

import java.util.concurrent.atomic.AtomicLong;

/** The bodies of calls. Instances of the fleet are those that FleetFiller writes. */
final class Calls {
    private final int fleet;
    private final AtomicLong counter = new AtomicLong();

    Calls(int fleet) {
        this.fleet = fleet;
    }

    /** Registers an instance that was never there. */
    String register() {
        return register("agent-" + counter.incrementAndGet(), "worker");
    }

    /** Registers an instance by name, with one role. */
    String register(String id, String role) {
        return call("system.register", "\"id\":\"" + id + "\",\"roles\":[\"" + role
                + "\"],\"sessionId\":\"s1\",\"metadata\":{\"host\":\"node-17\",\"pid\":4711}");
    }

    String unregister(String id) {
        return call("system.unregister", "\"instanceId\":\"" + id + "\",\"sessionId\":\"s1\"");
    }

    /** Renews the next of the fleet. */
    String renew() {
        return register(next(), "worker");
    }

    /** A heartbeat of the next of the fleet. */
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

    String complete(String task, String worker) {
        return call("task.complete", "\"id\":\"" + task + "\",\"workerId\":\"" + worker
                + "\",\"sessionId\":\"s1\",\"result\":{\"found\":\"nothing\"}");
    }

    /** The next of the fleet's workers, which are those of even number. */
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
