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

import dev.claudebench.method.Json;

/** The answer to one body. Takes its bytes from the room for all answers, from its first large result until it is released. */
final class Answer {
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

    /** Reserves room for a result. Returns false if there is none; small results fit always, but are the last then. */
    boolean reserve(int bytes) {
        int after = length + bytes;
        int more = after <= FREE_BYTES ? 0 : after - counted;
        if (room.tryAcquire(more)) {
            counted += more;
            return true;
        }
        full = true;
        return bytes <= FREE_BYTES;
    }

    /** Adds a result, which is shared and not copied. */
    void addResult(byte[] json, String id) {
        begin("{\"jsonrpc\":\"2.0\",\"result\":");
        add(json);
        add(",\"id\":" + id + "}");
    }

    void addError(RpcError error) {
        begin(Json.text(error));
    }

    private void begin(String text) {
        String separator = parts.isEmpty() ? "[" : ",";
        add(batch ? separator + text : text);
    }

    private void add(String text) {
        add(text.getBytes(UTF_8));
    }

    private void add(byte[] part) {
        parts.add(part);
        length += part.length;
    }

    /** Ends the answer. Returns its length, 0 if there is nothing to answer. */
    int end() {
        if (batch && length > 0) {
            add("]");
        }
        return length;
    }

    byte[] bytes() {
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
