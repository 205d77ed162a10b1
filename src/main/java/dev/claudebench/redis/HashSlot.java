package dev.claudebench.redis;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The slot of a key in a Redis Cluster, as its specification defines it: a CRC-16 (XMODEM) of the hash tag, or of the key without one. */
final class HashSlot {
    static final int COUNT = 16_384;
    /** The text between the first opening brace and the next closing one. */
    private static final Pattern TAG = Pattern.compile("^[^{]*\\{([^}]+)}");
    private static final int POLYNOMIAL = 0x1021;

    private HashSlot() {}

    static boolean hasTag(String key) {
        return TAG.matcher(key).find();
    }

    static int of(String key) {
        Matcher tag = TAG.matcher(key);
        int crc = 0;
        for (byte next : (tag.find() ? tag.group(1) : key).getBytes(UTF_8)) {
            crc ^= next << 8;
            for (int bit = 0; bit < Byte.SIZE; bit++) {
                crc = (crc & 0x8000) == 0 ? crc << 1 : crc << 1 ^ POLYNOMIAL;
            }
        }
        return (crc & 0xFFFF) % COUNT;
    }
}
