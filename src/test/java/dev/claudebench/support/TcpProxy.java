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
 * A TCP proxy with which a test injects network faults: it delays replies, resets, closes or half-closes connections, or drops
 * all data.
 */
@NullMarked
public final class TcpProxy implements AutoCloseable {
    private static final int BACKLOG = 1024;
    private static final int CHUNK = 64 << 10;

    private final ServerSocket listener;
    private final URI target;
    private final Set<Link> links = ConcurrentHashMap.newKeySet();
    private final Lock lock = new ReentrantLock();
    private final Condition repliesReleased = lock.newCondition();
    private volatile boolean repliesHeld;
    private volatile boolean silent;
    private volatile @Nullable String resetAfter;
    private volatile @Nullable String heldAfter;

    private TcpProxy(URI target) {
        this.target = target;
        try {
            listener = new ServerSocket(0, BACKLOG, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        start("accept", this::accept);
    }

    /** Starts a proxy that forwards connections to this server. */
    public static TcpProxy to(URI target) {
        return new TcpProxy(target);
    }

    /** Returns the address of the proxy, with the scheme of the server. */
    public URI uri() {
        return URI.create(target.getScheme() + "://" + listener.getInetAddress().getHostAddress() + ":"
                + listener.getLocalPort());
    }

    /** Delays all replies until {@link #restore} is called. */
    public void holdReplies() {
        repliesHeld = true;
    }

    /** Drops all data. Open connections stay broken, also after {@link #restore}. */
    public void dropData() {
        silent = true;
        links.forEach(link -> link.dead = true);
    }

    /** Ends the faults for new connections, and releases delayed replies. */
    public void restore() {
        silent = false;
        resetAfter = null;
        heldAfter = null;
        links.forEach(link -> link.holdsReply = false);
        lock.lock();
        try {
            repliesHeld = false;
            repliesReleased.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Forwards the next request that contains this text, and resets the connection when the server begins to answer, so that the
     * client does not get the reply. The text must be in one packet.
     */
    public void resetBeforeReplyTo(String text) {
        resetAfter = text;
    }

    /** Delays the replies to requests that contain this text, until {@link #restore} is called. The text must be in one packet. */
    public void holdReplyTo(String text) {
        heldAfter = text;
    }

    /** Returns whether a request has come whose reply is delayed by {@link #holdReplyTo}. */
    public boolean holdsReply() {
        return links.stream().anyMatch(link -> link.holdsReply);
    }

    /** Returns whether {@link #resetBeforeReplyTo} has not taken effect yet. */
    public boolean isResetPending() {
        return resetAfter != null || links.stream().anyMatch(link -> link.resetAtReply);
    }

    /** Resets all connections, at both ends. */
    public void resetConnections() {
        links.forEach(Link::reset);
    }

    /** Closes all connections with a FIN, at both ends. */
    public void closeConnections() {
        links.forEach(Link::close);
    }

    /** Half-closes all connections towards the clients; requests still get through. */
    public void halfCloseToClients() {
        links.forEach(link -> link.quietly(link.client, Socket::shutdownOutput));
    }

    /** Half-closes all connections towards the server; replies still get through. */
    public void halfCloseToServer() {
        links.forEach(link -> link.quietly(link.server, Socket::shutdownOutput));
    }

    /** Returns the number of open connections. */
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
        restore();
        resetConnections();
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

    private void awaitReplies(Link link) {
        lock.lock();
        try {
            while (repliesHeld || link.holdsReply) {
                repliesReleased.awaitUninterruptibly();
            }
        } finally {
            lock.unlock();
        }
    }

    @FunctionalInterface
    private interface SocketAction {
        void on(Socket socket) throws IOException;
    }

    /** A connection from a client, and the one to the server that it is forwarded to. */
    private final class Link {
        private final Socket client;
        private final Socket server;
        private final AtomicInteger ended = new AtomicInteger();
        private volatile boolean dead;
        private volatile boolean resetAtReply;
        private volatile boolean holdsReply;

        Link(Socket client, Socket server) {
            this.client = client;
            this.server = server;
            quietly(client, socket -> socket.setTcpNoDelay(true));
            quietly(server, socket -> socket.setTcpNoDelay(true));
        }

        void requests() {
            pump(client, server, bytes -> {
                String request = new String(bytes, StandardCharsets.UTF_8);
                String text = resetAfter;
                if (text != null && request.contains(text)) {
                    resetAtReply = true;
                    resetAfter = null;
                }
                String held = heldAfter;
                if (held != null && request.contains(held)) {
                    holdsReply = true;
                }
            });
        }

        void replies() {
            pump(server, client, bytes -> {
                if (resetAtReply) {
                    resetAtReply = false;
                    reset();
                } else {
                    awaitReplies(this);
                }
            });
        }

        private void pump(Socket from, Socket to, Consumer<byte[]> beforeWrite) {
            byte[] chunk = new byte[CHUNK];
            try {
                InputStream in = from.getInputStream();
                OutputStream out = to.getOutputStream();
                for (int read = in.read(chunk); read >= 0; read = in.read(chunk)) {
                    beforeWrite.accept(Arrays.copyOf(chunk, read));
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
                // The connection is closed already.
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
