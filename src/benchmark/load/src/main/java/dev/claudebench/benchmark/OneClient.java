package dev.claudebench.benchmark;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.URI;
import java.util.Locale;

/** One bare connection, with one call at a time. */
final class OneClient implements AutoCloseable {
    private static final int PATIENCE_MILLIS = 60_000;
    private static final String LENGTH = "content-length:";
    private static final String CHUNKED = "transfer-encoding: chunked";
    private static final int HEX = 16;

    private final String head;
    private final Socket socket;
    private final InputStream in;

    /** Connects. */
    OneClient(URI service) throws IOException {
        head = " HTTP/1.1\r\nHost: " + service.getAuthority()
                + "\r\nContent-Type: application/json\r\nContent-Length: ";
        socket = new Socket(service.getHost(), service.getPort());
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(PATIENCE_MILLIS);
        in = new BufferedInputStream(socket.getInputStream());
    }

    /** Sends a call to the bench {@code default}. */
    long call(String body) throws IOException {
        return call("/rpc", body);
    }

    /**
     * Sends a call, which must get a result.
     *
     * @return its latency in nanoseconds
     */
    long call(String path, String body) throws IOException {
        long begun = System.nanoTime();
        String answer = send("POST", path, body);
        long nanos = System.nanoTime() - begun;
        if (!answer.contains("\"result\"")) {
            throw new IllegalStateException(body + " got " + answer);
        }
        return nanos;
    }

    /**
     * Sends a request, which must get a status of success.
     *
     * @return the body of the response
     */
    String send(String verb, String path, String body) throws IOException {
        socket.getOutputStream()
                .write((verb + " " + path + head + body.length() + "\r\n\r\n" + body).getBytes(US_ASCII));
        return answer();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }

    private String answer() throws IOException {
        String status = line();
        int length = 0;
        boolean chunked = false;
        for (String line = line(); !line.isEmpty(); line = line()) {
            String header = line.toLowerCase(Locale.ROOT);
            chunked |= header.equals(CHUNKED);
            if (header.startsWith(LENGTH)) {
                length = Integer.parseInt(line.substring(LENGTH.length()).strip());
            }
        }
        String body = chunked ? chunks() : new String(in.readNBytes(length), US_ASCII);
        if (!status.startsWith("HTTP/1.1 2")) {
            throw new IOException(status + ": " + body);
        }
        return body;
    }

    private String chunks() throws IOException {
        StringBuilder body = new StringBuilder();
        for (int length = Integer.parseInt(line(), HEX); length > 0; length = Integer.parseInt(line(), HEX)) {
            body.append(new String(in.readNBytes(length), US_ASCII));
            line();
        }
        line();
        return body.toString();
    }

    private String line() throws IOException {
        StringBuilder line = new StringBuilder();
        for (int next = in.read(); next != '\n'; next = in.read()) {
            if (next < 0) {
                throw new EOFException("the service hung up");
            }
            if (next != '\r') {
                line.append((char) next);
            }
        }
        return line.toString();
    }
}
