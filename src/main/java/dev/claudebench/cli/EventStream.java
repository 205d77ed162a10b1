package dev.claudebench.cli;

import java.io.UncheckedIOException;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

/** Server-sent events of the service (HTML Living Standard, section 9.2), each connection behind the last event of the one before. */
final class EventStream {
    /** The service sends something every 15 s. A connection that is silent for longer may be dead without a sign. */
    private static final int LONGEST_SILENCE_SECONDS = 45;
    private static final int BUFFERED_LINES = 1000;

    private final Client client;
    private final String query;
    private @Nullable String lastEventId;
    private boolean wasOpen;

    /** @param id the position of the stream, null if there is none yet */
    record Event(@Nullable String id, String type, String data) {}

    EventStream(Client client, String query) {
        this.client = client;
        this.query = query;
    }

    boolean wasOpen() {
        return wasOpen;
    }

    /** Hands over events until the connection ends, or the consumer returns false. */
    void follow(Predicate<Event> consumer) throws InterruptedException {
        try (Stream<String> lines = client.events(query, lastEventId)) {
            wasOpen = true;
            BlockingQueue<Optional<String>> queue = new ArrayBlockingQueue<>(BUFFERED_LINES);
            Thread reader = new Thread(() -> read(lines, queue), "events");
            reader.setDaemon(true);
            reader.start();
            handOver(queue, consumer);
            reader.interrupt();
        }
    }

    /** Puts the lines, and then an empty element, into a queue, which unlike a stream can be waited for with a time limit. */
    private static void read(Stream<String> lines, BlockingQueue<Optional<String>> queue) {
        try {
            try {
                for (String line : (Iterable<String>) lines::iterator) {
                    queue.put(Optional.of(line));
                }
            } catch (UncheckedIOException e) {
                // the connection has ended
            }
            queue.put(Optional.empty());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void handOver(BlockingQueue<Optional<String>> queue, Predicate<Event> consumer)
            throws InterruptedException {
        String id = lastEventId;
        String type = "";
        String data = "";
        boolean isWanted = true;
        while (isWanted) {
            Optional<String> line = queue.poll(LONGEST_SILENCE_SECONDS, TimeUnit.SECONDS);
            if (line == null || line.isEmpty()) {
                return;
            }
            String[] field = line.get().split(": ?", 2);
            String value = field.length == 2 ? field[1] : "";
            switch (field[0]) {
                case "id" -> id = value;
                case "event" -> type = value;
                case "data" -> data = value;
                default -> {
                    if (line.get().isEmpty()) {
                        // Not before: an event whose end has not come must come again.
                        lastEventId = id;
                        isWanted = data.isEmpty() || consumer.test(new Event(id, type, data));
                        data = "";
                    }
                }
            }
        }
    }
}
