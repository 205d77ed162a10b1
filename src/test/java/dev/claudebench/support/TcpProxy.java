package dev.claudebench.support;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

import org.jspecify.annotations.NullMarked;
import org.jspecify.annotations.Nullable;

/**
 * A network between a client and a server on this machine, which a test may break: on command it holds replies back, cuts or
 * half-closes the connections that there are, or swallows everything without a word.
 */
@NullMarked
public final class TcpProxy implements AutoCloseable {
    private static final int BACKLOG = 1024;
    private static final int CHUNK = 64 << 10;

    private final ServerSocket listener;
    private final URI target;
    private final Set<Link> links = ConcurrentHashMap.newKeySet();
    private final Lock lock = new ReentrantLock();
    private final Condition mended = lock.newCondition();
    private volatile boolean holdingReplies;
    private volatile boolean silent;
    private volatile @Nullable String cutAfter;

    private TcpProxy(URI target) {
        this.target = target;
        try {
            listener = new ServerSocket(0, BACKLOG, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        start("accept", this::accept);
    }

    /** Stands between whoever connects to {@link #uri} and this server. */
    public static TcpProxy to(URI target) {
        return new TcpProxy(target);
    }

    /** The address of the server with the proxy's own port. */
    public URI uri() {
        return URI.create(target.getScheme() + "://" + listener.getInetAddress().getHostAddress() + ":"
                + listener.getLocalPort());
    }

    /** From now on what the server answers is held back; it comes late, when {@link #mend} is called. */
    public void holdReplies() {
        holdingReplies = true;
    }

    /** From now on nothing comes through, and nobody is told: the connections that there are stay half-open for good. */
    public void swallowEverything() {
        silent = true;
        links.forEach(link -> link.dead = true);
    }

    /** Faults are over for the connections to come, and for replies that were held back. */
    public void mend() {
        silent = false;
        cutAfter = null;
        lock.lock();
        try {
            holdingReplies = false;
            mended.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /**
     * The next request that contains this text reaches the server; when the server begins to answer, the connection is cut
     * instead, so that the client never learns what became of it. The text must come in one packet.
     */
    public void cutBeforeReplyTo(String text) {
        cutAfter = text;
    }

    /** Whether a cut is still to come. */
    public boolean awaitsCut() {
        return cutAfter != null || links.stream().anyMatch(link -> link.cutAtReply);
    }

    /** Cuts all connections: both ends get a reset. */
    public void reset() {
        links.forEach(Link::reset);
    }

    /** Closes all connections in an orderly way. */
    public void hangUp() {
        links.forEach(Link::close);
    }

    /** Tells the clients that nothing more will come from the server, while what they send still goes through. */
    public void endReplies() {
        links.forEach(link -> link.quietly(link.client, Socket::shutdownOutput));
    }

    /** Tells the server that nothing more will come from the clients, while what it answers still goes through. */
    public void endRequests() {
        links.forEach(link -> link.quietly(link.server, Socket::shutdownOutput));
    }

    /** How many connections there are. */
    public int connections() {
        return links.size();
    }

    @Override
    public void close() {
        try {
            listener.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        mend();
        reset();
    }

    private void accept() {
        while (!listener.isClosed()) {
            Socket client;
            try {
                client = listener.accept();
            } catch (IOException e) {
                return;
            }
            try {
                Link link = new Link(client, new Socket(target.getHost(), target.getPort()));
                link.dead = silent;
                links.add(link);
                start("requests", link::requests);
                start("replies", link::replies);
            } catch (IOException e) {
                Link.closeQuietly(client);
            }
        }
    }

    private static void start(String name, Runnable work) {
        Thread thread = new Thread(work, "tcp-proxy-" + name);
        thread.setDaemon(true);
        thread.start();
    }

    private void awaitMended() {
        lock.lock();
        try {
            while (holdingReplies) {
                mended.awaitUninterruptibly();
            }
        } finally {
            lock.unlock();
        }
    }

    @FunctionalInterface
    private interface SocketAction {
        void on(Socket socket) throws IOException;
    }

    /** One connection of a client, and ours to the server for it. */
    private final class Link {
        private final Socket client;
        private final Socket server;
        private final AtomicInteger ended = new AtomicInteger();
        private volatile boolean dead;
        private volatile boolean cutAtReply;

        Link(Socket client, Socket server) {
            this.client = client;
            this.server = server;
            quietly(client, socket -> socket.setTcpNoDelay(true));
            quietly(server, socket -> socket.setTcpNoDelay(true));
        }

        void requests() {
            pump(client, server, bytes -> {
                String text = cutAfter;
                if (text != null && new String(bytes, StandardCharsets.UTF_8).contains(text)) {
                    cutAtReply = true;
                    cutAfter = null;
                }
            });
        }

        void replies() {
            pump(server, client, bytes -> {
                if (cutAtReply) {
                    cutAtReply = false;
                    reset();
                } else if (holdingReplies) {
                    awaitMended();
                }
            });
        }

        private void pump(Socket from, Socket to, Consumer<byte[]> beforehand) {
            byte[] chunk = new byte[CHUNK];
            try {
                InputStream in = from.getInputStream();
                OutputStream out = to.getOutputStream();
                for (int read = in.read(chunk); read >= 0; read = in.read(chunk)) {
                    beforehand.accept(Arrays.copyOf(chunk, read));
                    if (!dead) {
                        out.write(chunk, 0, read);
                    }
                }
                if (!dead) {
                    to.shutdownOutput();
                }
            } catch (IOException e) {
                close();
            }
            if (ended.incrementAndGet() == 2) {
                close();
            }
        }

        void reset() {
            quietly(client, socket -> socket.setSoLinger(true, 0));
            quietly(server, socket -> socket.setSoLinger(true, 0));
            close();
        }

        void close() {
            links.remove(this);
            closeQuietly(client);
            closeQuietly(server);
        }

        void quietly(Socket socket, SocketAction action) {
            try {
                action.on(socket);
            } catch (SocketException e) {
                // it is gone already, which is what breaking it was for
                closeQuietly(socket);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        static void closeQuietly(Socket socket) {
            try {
                socket.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
