package dev.claudebench.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.time.Duration;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;

import org.jspecify.annotations.Nullable;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import dev.claudebench.method.Json;

/** The worker as an instance of the fleet, alive as long as this process. */
final class Instance {
    private final LastingClient client;
    private final String id;
    /** A secret: whoever has it can act as this instance. */
    private final String sessionId = UUID.randomUUID().toString();
    private final ObjectNode registration;
    private final Duration interval;
    private @Nullable Thread heartbeats;

    /** Who is told of what heartbeats say. */
    interface Listener {
        /** Some of its tasks may have been taken from it. */
        void doubt(Predicate<String> ids);

        /** It cannot be an instance any longer. */
        void failed(RuntimeException failure);
    }

    Instance(LastingClient client, String id, Collection<String> roles, int capacity, Duration interval)
            throws IOException, InterruptedException {
        this.client = client;
        this.id = id;
        this.interval = interval;
        registration = Client.params().put("id", id).put("sessionId", sessionId).put("capacity", capacity);
        registration.set("roles", Json.MAPPER.valueToTree(roles));
        registration.set("metadata",
                Client.params().put("host", host()).put("cwd", Text.line(System.getProperty("user.dir", ""))));
    }

    /** Returns the name of this machine, without asking a name server, which may take long. */
    static String host() throws IOException, InterruptedException {
        Process uname = new ProcessBuilder("uname", "-n").start();
        String name = new String(uname.getInputStream().readAllBytes(), UTF_8).strip();
        uname.waitFor();
        return name.isEmpty() ? "host" : name;
    }

    String id() {
        return id;
    }

    /** Returns the params of a call of this instance. */
    ObjectNode params(String idName) {
        return Client.params().put(idName, id).put("sessionId", sessionId);
    }

    /** Registers, and begins to send heartbeats. */
    void join(Listener told, BooleanSupplier givesUp) throws InterruptedException {
        check(client.insist("system.register", registration, givesUp));
        System.err.println("cb: registered as " + id + " at " + client.address());
        Thread thread = new Thread(() -> beat(told), "heartbeats");
        thread.setDaemon(true);
        thread.start();
        heartbeats = thread;
    }

    private void check(JsonNode registered) {
        if (!registered.path("registered").asBoolean()) {
            throw CommandFailure.refused("system.register: another session has the id " + id
                    + ", and it is alive; choose another --id", "");
        }
    }

    private void beat(Listener told) {
        Backoff soon = new Backoff(interval.dividedBy(4), interval.dividedBy(2));
        try {
            while (true) {
                Thread.sleep(interval.toMillis());
                soon.reset();
                if (!renew(told)) {
                    do {
                        soon.pause(Duration.ZERO);
                    } while (!renew(told));
                    // The answer that was lost may have named cancelled tasks. The service names each only once.
                    told.doubt(id -> true);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            told.failed(e);
        }
    }

    /** Returns false if the service is not available. */
    private boolean renew(Listener told) throws InterruptedException {
        try {
            JsonNode answer = client.call("system.heartbeat", params("instanceId"));
            if (answer.path("alive").asBoolean()) {
                Set<String> taken = new HashSet<>();
                answer.path("cancelled").forEach(task -> taken.add(task.asText()));
                told.doubt(taken::contains);
            } else {
                check(client.call("system.register", registration));
                System.err.println("cb: had expired, and is registered again");
                told.doubt(id -> true);
            }
            return true;
        } catch (CommandFailure e) {
            if (!e.isTemporary()) {
                throw e;
            }
            return false;
        }
    }

    /** Ends the heartbeats and unregisters. */
    void leave(Duration timeout) throws InterruptedException {
        if (heartbeats != null) {
            heartbeats.interrupt();
            heartbeats.join();
        }
        client.call("system.unregister", params("instanceId"), timeout);
    }
}
