package dev.claudebench.bench;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

import org.jspecify.annotations.NullMarked;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetClient;

/** Many clients that follow the events over bare connections, and check each id that they are sent. */
@NullMarked
final class EventFollowers {
    private static final byte[] ID = "\nid: ".getBytes(US_ASCII);
    private static final byte[] EVENT = "\nevent: ".getBytes(US_ASCII);

    private final List<Follower> followers = new ArrayList<>();
    private volatile String disorder = "";

    /** One client. Ids have to rise, and so none can come twice. Its event loop alone writes to it. */
    private final class Follower {
        private volatile long events;
        private long millis;
        private long sequence;
        private int idMatched;
        private int eventMatched;
        private boolean inId;
        private boolean inSequence;
        private long number;
        private long idMillis;

        void read(Buffer buffer) {
            byte[] bytes = buffer.getBytes();
            long count = events;
            for (byte b : bytes) {
                if (inId) {
                    readId(b);
                }
                eventMatched = match(EVENT, eventMatched, b);
                if (eventMatched == EVENT.length) {
                    eventMatched = 0;
                    count++;
                }
                idMatched = match(ID, idMatched, b);
                if (idMatched == ID.length) {
                    idMatched = 0;
                    inId = true;
                    inSequence = false;
                    number = 0;
                }
            }
            events = count;
        }

        private static int match(byte[] pattern, int matched, byte b) {
            if (b == pattern[matched]) {
                return matched + 1;
            }
            return b == pattern[0] ? 1 : 0;
        }

        private void readId(byte b) {
            if (b >= '0' && b <= '9') {
                number = 10 * number + b - '0';
            } else if (b == '-' && !inSequence) {
                idMillis = number;
                number = 0;
                inSequence = true;
            } else {
                inId = false;
                // equal ids are those of heartbeats, which tell the position
                if (idMillis < millis || (idMillis == millis && number < sequence)) {
                    disorder = idMillis + "-" + number + " after " + millis + "-" + sequence;
                }
                millis = idMillis;
                sequence = number;
            }
        }
    }

    /** Connects so many clients with a query such as {@code ?type=…}; complete once all are told where the stream is. */
    CompletableFuture<Void> connect(Vertx vertx, URI service, int count, String query) {
        NetClient client = vertx.createNetClient();
        List<CompletableFuture<Void>> connected = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Follower follower = new Follower();
            followers.add(follower);
            CompletableFuture<Void> ready = new CompletableFuture<>();
            connected.add(ready);
            client.connect(service.getPort(), service.getHost())
                    .onFailure(ready::completeExceptionally)
                    .onSuccess(socket -> {
                        socket.handler(buffer -> {
                            follower.read(buffer);
                            if (!ready.isDone() && buffer.toString().contains("id: ")) {
                                ready.complete(null);
                            }
                        });
                        socket.write("GET /events" + query + " HTTP/1.1\r\nHost: " + service.getHost() + "\r\n\r\n");
                    });
        }
        return CompletableFuture.allOf(connected.toArray(CompletableFuture[]::new));
    }

    /** How many events each has got, the fewest and the most. */
    long fewest() {
        return followers.stream().mapToLong(follower -> follower.events).min().orElse(0);
    }

    long most() {
        return followers.stream().mapToLong(follower -> follower.events).max().orElse(0);
    }

    /** Two ids that came in the wrong order, empty when none did. */
    String disorder() {
        return disorder;
    }
}
