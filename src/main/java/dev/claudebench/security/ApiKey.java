package dev.claudebench.security;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import dev.claudebench.method.Permission;

/**
 * What is known of an API key {@code cb_<name>_<secret>}. Several keys may have the same name, so that one can replace another.
 *
 * @param name the principal
 * @param sha256 of the whole key, in hexadecimal digits
 * @param benches the only benches that it is for, empty for all
 * @param limits rate limits by method, 0 for none
 */
public record ApiKey(String name, String permission, String sha256, Set<String> benches, Map<String, Integer> limits) {
    private static final String NAME = "[a-z0-9][a-z0-9-]{0,62}";
    private static final Pattern KEY = Pattern.compile("cb_(" + NAME + ")_[A-Za-z0-9_-]{1,128}");
    private static final Pattern SHA256 = Pattern.compile("[0-9a-f]{64}");
    private static final Pattern OPTION = Pattern.compile("bench=(?<bench>" + NAME
            + ")|limit=(?<method>[a-z_.]+):(?<calls>\\d{1,9})");
    private static final int SECRET_BYTES = 32;

    public ApiKey {
        benches = Set.copyOf(benches);
        limits = Map.copyOf(limits);
    }

    /**
     * Returns a new key, which nobody else can know.
     *
     * @throws IllegalArgumentException for a name that is not allowed
     */
    public static String newKey(String name) {
        byte[] secret = new byte[SECRET_BYTES];
        new SecureRandom().nextBytes(secret);
        String key = "cb_" + name + "_" + Base64.getUrlEncoder().withoutPadding().encodeToString(secret);
        if (!nameOf(key).equals(name)) {
            throw new IllegalArgumentException("the name must match " + NAME);
        }
        return key;
    }

    /**
     * Reads an entry of the configuration.
     *
     * @throws IllegalArgumentException says what is wrong, without the entry, which may be a key by mistake
     */
    static ApiKey parse(String entry) {
        String[] parts = entry.strip().split("\\s+", -1);
        if (parts.length < 3 || !parts[0].matches(NAME)) {
            throw new IllegalArgumentException("must be a name that matches " + NAME + ", a permission, and a SHA-256");
        }
        if (!Permission.ALL.contains(parts[1])) {
            throw new IllegalArgumentException("the permission must be one of " + Permission.ALL);
        }
        if (!SHA256.matcher(parts[2]).matches()) {
            throw new IllegalArgumentException("the SHA-256 must be 64 hexadecimal digits in lower case");
        }
        Set<String> benches = new HashSet<>();
        Map<String, Integer> limits = new HashMap<>();
        for (int i = 3; i < parts.length; i++) {
            Matcher option = OPTION.matcher(parts[i]);
            if (!option.matches()) {
                throw new IllegalArgumentException(
                        "option " + (i - 2) + " must be bench=<name>, where the name matches " + NAME
                                + ", or limit=<method>:<calls>, where calls is an integer of 0 to 999999999");
            }
            if (option.group("bench") != null) {
                benches.add(option.group("bench"));
            } else if (limits.put(option.group("method"), Integer.valueOf(option.group("calls"))) != null) {
                throw new IllegalArgumentException("option " + (i - 2) + " is a second limit of its method");
            }
        }
        return new ApiKey(parts[0], parts[1], parts[2], benches, limits);
    }

    /**
     * Returns the entry of a key for the configuration.
     *
     * @throws IllegalArgumentException if the permission does not exist
     */
    public static String entry(String key, String permission) {
        String entry = nameOf(key) + " " + permission + " " + sha256(key);
        parse(entry);
        return entry;
    }

    /** Returns the name in a key, empty if it is no key. */
    static String nameOf(String key) {
        Matcher matcher = KEY.matcher(key);
        return matcher.matches() ? matcher.group(1) : "";
    }

    static String sha256(String key) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(key.getBytes(UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    /** Compares in a time that does not depend on where the hashes differ. */
    boolean hasHash(String other) {
        return MessageDigest.isEqual(sha256.getBytes(US_ASCII), other.getBytes(US_ASCII));
    }
}
