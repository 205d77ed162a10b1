package dev.claudebench.task;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A position in the list of tasks: behind the task with this order and id, among those with this status. It stays valid while
 * tasks come and go.
 */
record TaskCursor(String status, String order, String id) {
    private static final int MAX_LENGTH = 200;
    private static final Pattern PLAIN = Pattern.compile("([a-z_]{1,16}) (-inf|\\d{1,17}) (\\S{0,64})");

    /** Returns empty for text that {@link #text} did not write. */
    static Optional<TaskCursor> parse(String text) {
        try {
            byte[] plain = text.length() > MAX_LENGTH ? new byte[0] : Base64.getUrlDecoder().decode(text);
            Matcher parts = PLAIN.matcher(new String(plain, StandardCharsets.UTF_8));
            return parts.matches()
                    ? Optional.of(new TaskCursor(parts.group(1), parts.group(2), parts.group(3)))
                    : Optional.empty();
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** Encoded, so that callers do not depend on the content. */
    String text() {
        String plain = status + " " + order + " " + id;
        return Base64.getUrlEncoder().withoutPadding().encodeToString(plain.getBytes(StandardCharsets.UTF_8));
    }
}
