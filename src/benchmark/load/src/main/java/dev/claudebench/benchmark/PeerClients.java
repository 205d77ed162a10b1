package dev.claudebench.benchmark;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Supplier;

/**
 * Clients of the closed model for any library: each is a thread that waits for the response to its call before it makes the next. Threads
 * that wait for a bare socket cost less than an asynchronous HTTP client.
 */
final class PeerClients implements Peer.Running {
    private final Supplier<Duration> cpu;
    private final AutoCloseable server;
    private final Connector connector;
    private final List<Client> connected = new ArrayList<>();

    /**
     * Clients that connect when they are needed first.
     *
     * @param cpu the processor time of the server
     * @param server what to close after the clients
     */
    PeerClients(Supplier<Duration> cpu, AutoCloseable server, Connector connector) {
        this.cpu = cpu;
        this.server = server;
        this.connector = connector;
    }

    /** Makes the clients. */
    interface Connector {
        /** Connects a client; the first has the number 0. */
        Client connect(int number) throws Exception;
    }

    /** Does the work once, or throws. */
    interface Call {
        void run() throws Exception;
    }

    /**
     * A connected client.
     *
     * @param connection what to close at the end
     */
    record Client(Call call, AutoCloseable connection) {}

    /** A client whose call fails makes no more in this turn. */
    @Override
    public void turn(Peer.Turn turn, Latencies kept, int round) {
        ExecutorService threads = Executors.newFixedThreadPool(turn.clients());
        try {
            while (connected.size() < turn.clients()) {
                connected.add(connector.connect(connected.size()));
            }
            long begun = System.nanoTime();
            List<Future<?>> loops = new ArrayList<>();
            for (Client client : connected.subList(0, turn.clients())) {
                loops.add(threads.submit(() -> loop(client.call(), begun, turn, kept, round)));
            }
            for (Future<?> loop : loops) {
                loop.get();
            }
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        } catch (Exception e) {
            throw new IllegalStateException(e);
        } finally {
            threads.shutdownNow();
        }
    }

    private static void loop(Call call, long begun, Peer.Turn turn, Latencies kept, int round) {
        long lead = turn.lead().toNanos();
        long end = lead + turn.counted().toNanos();
        for (long sent = System.nanoTime(); sent - begun < end; sent = System.nanoTime()) {
            try {
                call.run();
            } catch (Exception e) {
                kept.count(true);
                System.err.println("a call failed: " + e);
                return;
            }
            kept.count(false);
            if (sent - begun >= lead) {
                kept.add(Latencies.ALL, round, System.nanoTime() - sent);
            }
        }
    }

    @Override
    public Duration cpu() {
        return cpu.get();
    }

    @Override
    public void close() {
        connected.forEach(client -> close(client.connection()));
        close(server);
    }

    private static void close(AutoCloseable one) {
        try {
            one.close();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }
}
