package dev.claudebench.benchmark;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.LongSummaryStatistics;

import org.jspecify.annotations.Nullable;

/** Clients that follow the events and check the order of their ids. One thread reads for all of them. */
final class Followers implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final int BUFFER = 1 << 16;

    private final Selector selector;
    private final List<Follower> followers = new ArrayList<>();
    private final Thread reader = new Thread(this::read, "followers");
    private volatile @Nullable String failure;

    private Followers() throws IOException {
        selector = Selector.open();
    }

    /** Connects so many clients; returns when all know the position of the stream. */
    static Followers connect(URI service, int count) {
        try {
            Followers all = new Followers();
            for (int i = 0; i < count; i++) {
                SocketChannel channel = SocketChannel.open(new InetSocketAddress(service.getHost(), service.getPort()));
                channel.write(ByteBuffer.wrap(("GET /events HTTP/1.1\r\nHost: " + service.getAuthority() + "\r\n\r\n")
                        .getBytes(US_ASCII)));
                Follower follower = all.new Follower();
                all.followers.add(follower);
                channel.configureBlocking(false);
                channel.register(all.selector, SelectionKey.OP_READ, follower);
            }
            all.reader.setDaemon(true);
            all.reader.start();
            await("followers").atMost(PATIENCE).until(() -> all.followers.stream().allMatch(one -> one.positioned));
            return all;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns when each client has got the same number of events, which is at least this; fails if one does not get them. */
    void awaitAll(long least) {
        await("every event to reach every follower").atMost(PATIENCE).until(() -> {
            if (failure != null) {
                throw new IllegalStateException(failure);
            }
            LongSummaryStatistics events = followers.stream().mapToLong(one -> one.events).summaryStatistics();
            return events.getMin() >= least && events.getMin() == events.getMax();
        });
    }

    @Override
    public void close() {
        try {
            for (SelectionKey key : selector.keys()) {
                key.channel().close();
            }
            selector.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void read() {
        ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER);
        try {
            while (selector.isOpen()) {
                selector.select(key -> read(key, buffer));
            }
        } catch (IOException | RuntimeException e) {
            if (selector.isOpen()) {
                failure = e.toString();
            }
        }
    }

    private void read(SelectionKey key, ByteBuffer buffer) {
        try {
            buffer.clear();
            if (((SocketChannel) key.channel()).read(buffer) < 0) {
                failure = "the service dropped a follower";
                key.cancel();
            }
            buffer.flip();
            ((Follower) key.attachment()).read(buffer);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** One client. Only the reader writes to it. */
    private final class Follower {
        /** The longest line with an id is shorter. */
        private static final int BEGINNING = 48;

        private volatile long events;
        private volatile boolean positioned;
        private long millis;
        private long sequence;
        private final byte[] line = new byte[BEGINNING];
        private int length;

        void read(ByteBuffer bytes) {
            long count = events;
            while (bytes.hasRemaining()) {
                byte next = bytes.get();
                if (next != '\n') {
                    if (length < BEGINNING) {
                        line[length++] = next;
                    }
                    continue;
                }
                if (length > 3 && line[0] == 'i' && line[1] == 'd' && line[2] == ':') {
                    check(new String(line, 3, length - 3, US_ASCII).strip());
                } else if (length > 2 && line[0] == 'e' && line[1] == 'v') {
                    count++;
                }
                length = 0;
            }
            events = count;
        }

        /** Heartbeats repeat the last id. */
        private void check(String id) {
            int dash = id.indexOf('-');
            long idMillis = Long.parseLong(id, 0, dash, 10);
            long idSequence = Long.parseLong(id, dash + 1, id.length(), 10);
            if (idMillis < millis || (idMillis == millis && idSequence < sequence)) {
                failure = "a follower got " + id + " after " + millis + "-" + sequence;
            }
            millis = idMillis;
            sequence = idSequence;
            positioned = true;
        }
    }
}
