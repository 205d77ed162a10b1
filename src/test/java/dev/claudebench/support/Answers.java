package dev.claudebench.support;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;

import org.jspecify.annotations.NullMarked;

import com.sun.net.httpserver.HttpServer;

/** An HTTP server that gives the same answer to every request, like a proxy without the service behind it. */
@NullMarked
public final class Answers implements AutoCloseable {
    private static final String PAGE = "<html>nginx</html>";

    private final HttpServer server;

    private Answers(int status, int length) {
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.createContext("/", exchange -> {
            exchange.sendResponseHeaders(status, length);
            exchange.getResponseBody().write(PAGE.getBytes(StandardCharsets.US_ASCII));
            exchange.getResponseBody().flush();
        });
        server.start();
    }

    /** Returns a server that answers with a page of HTML. */
    public static Answers page(int status) {
        return new Answers(status, PAGE.length());
    }

    /** Returns a server whose answers begin, and never end. */
    public static Answers stalling(int status) {
        return new Answers(status, PAGE.length() + 1);
    }

    public URI uri() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
