package dev.claudebench.redis.embedded;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;

/** Verifies that a server is the expected one, by its password and process id. */
final class ServerIdentity {
    private static final int ANSWER_TIMEOUT_MILLIS = 1000;

    private ServerIdentity() {}

    /** Returns whether the server at the URI accepts the password in it and has the process id. */
    static boolean isConfirmed(String uri, long pid) {
        try (Socket socket = new Socket()) {
            URI server = URI.create(uri);
            String credentials = String.valueOf(server.getUserInfo()).replace(':', ' ');
            socket.connect(new InetSocketAddress(server.getHost(), server.getPort()), ANSWER_TIMEOUT_MILLIS);
            socket.setSoTimeout(ANSWER_TIMEOUT_MILLIS);
            socket.getOutputStream()
                    .write(("AUTH " + credentials + "\r\nINFO server\r\nQUIT\r\n").getBytes(StandardCharsets.US_ASCII));
            BufferedReader replies = new BufferedReader(
                    new InputStreamReader(socket.getInputStream(), StandardCharsets.ISO_8859_1));
            return "+OK".equals(replies.readLine()) && replies.lines().anyMatch(("process_id:" + pid)::equals);
        } catch (IOException | UncheckedIOException | IllegalArgumentException e) {
            // There is no server, it does not answer, or the URI is empty.
            return false;
        }
    }
}
