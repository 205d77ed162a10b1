package dev.claudebench.rpc;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Semaphore;

import jakarta.ws.rs.core.Response;

/** The answer to one body. Takes its bytes from the room for all answers, from its first large result until it is released. */
public final class Answer {
    /** Smaller answers are not counted. A task with the largest metadata fits. */
    static final int FREE_BYTES = 24 << 10;
    /** Once a batch exceeds this length, its remaining calls are not executed. */
    private static final int MAX_BATCH_BYTES = 4 << 20;

    private final boolean batch;
    private final Semaphore room;
    private final List<byte[]> parts = new ArrayList<>();
    private int length;
    private int counted;
    private boolean full;

    Answer(boolean batch, Semaphore room) {
        this.batch = batch;
        this.room = room;
    }

    /** Returns true if no more calls must be executed for it. */
    boolean isFull() {
        return full || length >= MAX_BATCH_BYTES;
    }

    /** Adds a response. Returns false, and adds nothing, if there is no room; small ones fit always, but are the last then. */
    boolean offer(List<byte[]> response) {
        int bytes = response.stream().mapToInt(part -> part.length).sum();
        int after = length + bytes;
        int more = after <= FREE_BYTES ? 0 : after - counted;
        if (room.tryAcquire(more)) {
            counted += more;
        } else {
            full = true;
            if (bytes > FREE_BYTES) {
                return false;
            }
        }
        add(response);
        return true;
    }

    /** Adds a response that needs no room. Its parts are shared and not copied. */
    public void add(List<byte[]> response) {
        if (batch) {
            add(parts.isEmpty() ? "[" : ",");
        }
        response.forEach(this::add);
    }

    private void add(String text) {
        add(text.getBytes(UTF_8));
    }

    private void add(byte[] part) {
        parts.add(part);
        length += part.length;
    }

    /** Ends the answer. Returns 200 with it, or 204 if there is nothing to answer. */
    public Response response() {
        if (length == 0) {
            return Response.noContent().build();
        }
        if (batch) {
            add("]");
        }
        return Response.ok(length <= FREE_BYTES ? bytes() : this).build();
    }

    private byte[] bytes() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(length);
        parts.forEach(bytes::writeBytes);
        return bytes.toByteArray();
    }

    InputStream stream() {
        return new SequenceInputStream(Collections.enumeration(parts.stream().map(ByteArrayInputStream::new).toList()));
    }

    int length() {
        return length;
    }

    void release() {
        room.release(counted);
        counted = 0;
    }
}
