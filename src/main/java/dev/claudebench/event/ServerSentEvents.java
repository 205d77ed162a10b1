package dev.claudebench.event;

import org.jspecify.annotations.Nullable;

import dev.claudebench.method.Json;

/** The text of server-sent events (HTML Living Standard, section 9.2). */
final class ServerSentEvents {
    /** How long a client waits before it connects again: at once would be a storm after a restart. */
    static final String RETRY = "retry: 2000\n\n";

    private ServerSentEvents() {}

    /** @param payload JSON, on one line as our scripts write it */
    static String event(String id, String type, String payload) {
        return "id: " + id + "\n" + data(type, payload);
    }

    /**
     * Says that events are missing after a position, which may be the client's last one. It has no id of its own: whoever
     * loses the connection right after it is told of the gap again.
     */
    static String gap(Position since, @Nullable StreamId resumedAt) {
        String resumed = resumedAt == null ? "null" : Json.text(resumedAt.toString());
        return data("gap", "{\"since\":" + Json.text(since.text()) + ",\"resumedAt\":" + resumed + "}");
    }

    /** Keeps the connection open, and tells the client how far it has come even when nothing of it was for that client. */
    static String heartbeat(@Nullable Position position) {
        return ": heartbeat\n" + (position == null ? "\n" : lastEventId(position));
    }

    /** The client's last event id from now on, without an event. */
    static String lastEventId(Position position) {
        // of a time it could not be told, when it came back as an id, that it was none
        boolean isId = position.ofEvent() || position.equals(Position.BEGINNING);
        return isId ? "id: " + position.after() + "\n\n" : "\n";
    }

    private static String data(String type, String payload) {
        return "event: " + type + "\ndata: {\"type\":\"" + type + "\",\"payload\":" + payload + "}\n\n";
    }
}
