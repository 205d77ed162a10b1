package dev.claudebench.event;

import org.jspecify.annotations.Nullable;

import dev.claudebench.method.Json;

/** The text of server-sent events (HTML Living Standard, section 9.2). */
final class ServerSentEvents {
    /** Delays reconnects, which would otherwise all follow a restart at once. */
    static final String RETRY = "retry: 2000\n\n";

    private ServerSentEvents() {}

    /** @param payload JSON on one line */
    static String event(String id, String type, String payload) {
        return "id: " + id + "\n" + data(type, payload);
    }

    /** Reports missing events after a position. Has no id, so that a client that reconnects gets the gap again. */
    static String gap(Position since, @Nullable StreamId resumedAt) {
        String resumed = resumedAt == null ? "null" : Json.text(resumedAt.toString());
        return data("gap", "{\"since\":" + Json.text(since.text()) + ",\"resumedAt\":" + resumed + "}");
    }

    /** Keeps the connection open, and sends the position even if no event matched the filter of the client. */
    static String heartbeat(@Nullable Position position) {
        return ": heartbeat\n" + (position == null ? "\n" : lastEventId(position));
    }

    /** Sets the client's last event id without an event. */
    static String lastEventId(Position position) {
        // A position made from a time is not sent: it would come back as the id of an event.
        boolean isId = position.ofEvent() || position.equals(Position.BEGINNING);
        return isId ? "id: " + position.after() + "\n\n" : "\n";
    }

    private static String data(String type, String payload) {
        return "event: " + type + "\ndata: {\"type\":\"" + type + "\",\"payload\":" + payload + "}\n\n";
    }
}
