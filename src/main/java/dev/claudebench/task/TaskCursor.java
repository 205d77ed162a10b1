package dev.claudebench.task;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A place in the list of tasks: behind the task with this order and id, among those of this status. It stays good while
 * tasks come and go.
 */
record TaskCursor(String status, String order, String id) {
    private static final Pattern PLAIN = Pattern.compile("([a-z_]{1,16}) (-inf|\\d{1,17}) (\\S{0,64})");

    static TaskCursor beginning(String status) {
        return new TaskCursor(status, "-inf", "");
    }

    static boolean isValid(String text) {
        return text.length() <= 200 && matcher(text).matches()
                && Arrays.stream(Task.Status.values()).anyMatch(status -> status.word().equals(parse(text).status()));
    }

    /** Reads what {@link #text} wrote, and {@link #isValid} has found so. */
    static TaskCursor parse(String text) {
        Matcher plain = matcher(text);
        if (!plain.matches()) {
            throw new IllegalArgumentException("not a cursor");
        }
        return new TaskCursor(plain.group(1), plain.group(2), plain.group(3));
    }

    private static Matcher matcher(String text) {
        byte[] decoded;
        try {
            decoded = Base64.getUrlDecoder().decode(text);
        } catch (IllegalArgumentException e) {
            // matched by nothing
            decoded = new byte[0];
        }
        return PLAIN.matcher(new String(decoded, StandardCharsets.UTF_8));
    }

    /** Opaque to callers, so that what is in it can change. */
    String text() {
        String plain = status + " " + order + " " + id;
        return Base64.getUrlEncoder().withoutPadding().encodeToString(plain.getBytes(StandardCharsets.UTF_8));
    }
}
