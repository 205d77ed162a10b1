package dev.claudebench.redis;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

import dev.claudebench.method.Failure;

/**
 * A position in a sorted set that callers read in pages: after the member with this score and id. It stays valid while members are
 * added and removed. The name of a list consists of its method and filters; see {@code lua/step/read_page.lua}.
 */
public record Cursor(String score, String id) {
    private static final Cursor BEGINNING = new Cursor("-inf", "");
    private static final int MAX_LENGTH = 4096;
    private static final Pattern PLAIN = Pattern.compile("(\\d{1,17})\n(\\P{Cntrl}*)\n(.*)", Pattern.DOTALL);

    /**
     * Reads the param {@code cursor}; null means the beginning.
     *
     * @throws Failure.InvalidParams for text that {@link #next} did not write for this list
     */
    public static Cursor of(String list, @Nullable String text) {
        if (text == null) {
            return BEGINNING;
        }
        Matcher parts = PLAIN.matcher(decoded(text));
        if (!parts.matches() || !parts.group(3).equals(list)) {
            throw Failure.InvalidParams.of("cursor", "must be one that this method gave for the same filters");
        }
        return new Cursor(parts.group(1), parts.group(2));
    }

    /** Returns the position of the next page, encoded so that callers do not depend on its content; null after the last page. */
    public static @Nullable String next(String list, Reply page) {
        return page.has("score")
                ? encoded(page.text("score") + "\n" + page.text("id") + "\n" + list)
                : null;
    }

    private static String encoded(String plain) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(plain.getBytes(StandardCharsets.UTF_8));
    }

    private static String decoded(String text) {
        try {
            byte[] plain = text.length() > MAX_LENGTH ? new byte[0] : Base64.getUrlDecoder().decode(text);
            return new String(plain, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            return "";
        }
    }
}
