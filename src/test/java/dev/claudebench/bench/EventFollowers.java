package dev.claudebench.bench;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

import org.jspecify.annotations.NullMarked;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.vertx.core.Vertx;
import io.vertx.core.net.NetClient;

/** Many clients that follow the events over bare connections, and check each id that they are sent. */
@NullMarked
final class EventFollowers {
    private final List<Follower> followers = new ArrayList<>();
    private volatile String disorder = "";

    /** One client. Ids have to rise, and so none can come twice. Its event loop alone writes to it. */
    private final class Follower {
        /** As much of a line as there is of one with an id. */
        private static final int BEGINNING = 48;

        private volatile long events;
        private final byte[] line = new byte[BEGINNING];
        private int lineLength;
        private long millis;
        private long sequence;

        void read(ByteBuf bytes) {
            long count = events;
            while (bytes.isReadable()) {
                int end = bytes.bytesBefore((byte) '\n');
                int length = end < 0 ? bytes.readableBytes() : end;
                int kept = Math.min(length, BEGINNING - lineLength);
                bytes.getBytes(bytes.readerIndex(), line, lineLength, kept);
                lineLength += kept;
                bytes.skipBytes(end < 0 ? length : length + 1);
                if (end < 0) {
                    break;
                }
                if (lineLength > 3 && line[0] == 'i' && line[1] == 'd' && line[2] == ':') {
                    check(new String(line, 4, lineLength - 4, US_ASCII));
                } else if (lineLength > 2 && line[0] == 'e' && line[1] == 'v') {
                    count++;
                }
                lineLength = 0;
            }
            events = count;
        }

        private void check(String id) {
            int dash = id.indexOf('-');
            long idMillis = Long.parseLong(id, 0, dash, 10);
            long idSequence = Long.parseLong(id, dash + 1, id.length(), 10);
            // equal ids are those of heartbeats, which tell the position
            if (idMillis < millis || (idMillis == millis && idSequence < sequence)) {
                disorder = id + " after " + millis + "-" + sequence;
            }
            millis = idMillis;
            sequence = idSequence;
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
                            follower.read(Unpooled.wrappedBuffer(buffer.getBytes()));
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
