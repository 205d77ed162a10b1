package dev.claudebench.support;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Stream;

import org.awaitility.Awaitility;
import org.jspecify.annotations.NullMarked;
import org.jspecify.annotations.Nullable;

import com.fasterxml.jackson.databind.JsonNode;

import dev.claudebench.method.Json;

/** Follows the events of the fleet like a browser's EventSource, but does not reconnect. */
@NullMarked
public final class SseClient implements AutoCloseable {
    private static final long TIMEOUT_SECONDS = 20;

    private final HttpClient http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final BlockingQueue<Block> blocks = new LinkedBlockingQueue<>();
    private final Stream<String> lines;
    private final Iterator<String> iterator;
    private final Thread reader;
    private String lastEventId = "";

    /**
     * A block of the stream: the lines before an empty line.
     *
     * @param event the name of the event, empty if there is none
     * @param data empty if there is none; a block without data is not an event
     */
    public record Block(String comment, String id, String event, String data) {
        /** The event's payload. */
        public JsonNode payload() {
            return Json.read(data).get("payload");
        }
    }

    private SseClient(URI uri, @Nullable String lastEventId, @Nullable String key) {
        HttpRequest.Builder request = HttpRequest.newBuilder(uri)
                .timeout(Duration.ofSeconds(TIMEOUT_SECONDS))
                .header("Accept", "text/event-stream");
        if (lastEventId != null) {
            request.header("Last-Event-ID", lastEventId);
        }
        if (key != null) {
            request.header("Authorization", "Bearer " + key);
        }
        HttpResponse<Stream<String>> response;
        try {
            response = http.send(request.build(), HttpResponse.BodyHandlers.ofLines());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
        if (response.statusCode() != 200) {
            throw new IllegalStateException("answered " + response.statusCode());
        }
        lines = response.body();
        iterator = lines.iterator();
        reader = new Thread(this::read, "sse-client");
        reader.setDaemon(true);
        reader.start();
    }

    /**
     * Connects, and returns once the stream has begun.
     *
     * @param query such as {@code ?since=0}, may be empty
     */
    public static SseClient follow(URI service, String query) {
        return new SseClient(service.resolve("/events" + query), null, null);
    }

    /** Follows a bench. */
    public static SseClient followBench(URI service, String bench, String query) {
        return new SseClient(service.resolve("/bench/" + bench + "/events" + query), null, null);
    }

    /** Connects with an API key. */
    public static SseClient followAs(URI service, String key) {
        return new SseClient(service.resolve("/events"), null, key);
    }

    /** Waits until the service has ended the stream. */
    public void awaitEnd() {
        Awaitility.await().until(() -> !isOpen());
    }

    /** Connects after the event that was received last. */
    public static SseClient resume(URI service, String query, String lastEventId) {
        return new SseClient(service.resolve("/events" + query), lastEventId, null);
    }

    /** Waits until the service has sent a position in the stream. Events from then on are received. */
    public SseClient awaitPosition() {
        await(block -> !block.id().isEmpty());
        return this;
    }

    /** Waits for the next event. */
    public Block next() {
        return await(block -> !block.data().isEmpty());
    }

    /** Waits for a block that may be no event. */
    public Block await(Predicate<Block> condition) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(TIMEOUT_SECONDS);
        Block block = nextBlock();
        while (!condition.test(block)) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError("expected another block than " + block);
            }
            block = nextBlock();
        }
        return block;
    }

    /** Waits for this many events. */
    public List<Block> next(int count) {
        List<Block> events = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            events.add(next());
        }
        return events;
    }

    private Block nextBlock() {
        try {
            Block block = blocks.poll(TIMEOUT_SECONDS, TimeUnit.SECONDS);
            if (block == null) {
                throw new AssertionError("nothing is received; connected: " + reader.isAlive());
            }
            if (!block.id.isEmpty()) {
                lastEventId = block.id;
            }
            return block;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** Returns the id that a client sends to resume after the last block that this one has read. */
    public String lastEventId() {
        return lastEventId;
    }

    /** Returns false once the service, or the network, has ended the stream. */
    public boolean isOpen() {
        return reader.isAlive();
    }

    @Override
    public void close() {
        lines.close();
        reader.interrupt();
    }

    private void read() {
        try {
            Block block = new Block("", "", "", "");
            while (iterator.hasNext()) {
                String line = iterator.next();
                if (line.isEmpty()) {
                    blocks.add(block);
                    block = new Block("", "", "", "");
                } else {
                    block = with(block, line);
                }
            }
        } catch (UncheckedIOException e) {
            blocks.add(new Block("ended: " + e.getMessage(), "", "", ""));
        }
    }

    private Block with(Block block, String line) {
        int colon = line.indexOf(": ");
        String value = line.substring(colon + 2);
        return switch (line.substring(0, colon)) {
            case "" -> new Block(value, block.id, block.event, block.data);
            case "id" -> new Block(block.comment, value, block.event, block.data);
            case "event" -> new Block(block.comment, block.id, value, block.data);
            case "data" -> new Block(block.comment, block.id, block.event, block.data + value);
            default -> block;
        };
    }
}
