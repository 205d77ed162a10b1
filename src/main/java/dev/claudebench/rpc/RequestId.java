package dev.claudebench.rpc;

/**
 * The id of a call, as the caller wrote it, so that it goes back byte for byte: {@code 1.0} stays {@code 1.0}.
 *
 * @param json a JSON string, number or null
 */
record RequestId(String json) {
    /** The longest that is accepted, in characters of JSON text. */
    static final int MAX_LENGTH = 1024;

    static final RequestId NULL = new RequestId("null");
}
