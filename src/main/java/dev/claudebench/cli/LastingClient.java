package dev.claudebench.cli;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** A client for a process that outlives outages of the service, which are told once each. Safe for several threads. */
final class LastingClient {
    private static final Duration FIRST_PAUSE = Duration.ofMillis(500);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(10);

    private final Client client;
    private final AtomicBoolean isLost = new AtomicBoolean();

    LastingClient(Client client) {
        this.client = client;
    }

    String address() {
        return client.base().toString();
    }

    static Backoff backoff() {
        return new Backoff(FIRST_PAUSE, LONGEST_PAUSE);
    }

    JsonNode call(String method, ObjectNode params, Duration timeout) throws InterruptedException {
        try {
            JsonNode result = client.call(method, params, timeout);
            if (isLost.compareAndSet(true, false)) {
                System.err.println("cb: the service is available again");
            }
            return result;
        } catch (CommandFailure e) {
            if (e.isTemporary() && isLost.compareAndSet(false, true)) {
                System.err.println("cb: " + Text.line(e.text()) + "; trying again");
            }
            throw e;
        }
    }

    JsonNode call(String method, ObjectNode params) throws InterruptedException {
        return call(method, params, Client.TIMEOUT);
    }

    /** Calls until there is an answer, or somebody gives up. For calls that may be repeated. */
    JsonNode insist(String method, ObjectNode params, BooleanSupplier givesUp) throws InterruptedException {
        Backoff backoff = backoff();
        while (true) {
            try {
                return call(method, params);
            } catch (CommandFailure e) {
                if (!e.isTemporary() || givesUp.getAsBoolean()) {
                    throw e;
                }
                backoff.pause(e.retryAfter());
            }
        }
    }
}
