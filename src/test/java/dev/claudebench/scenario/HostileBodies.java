package dev.claudebench.scenario;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Arrays;
import java.util.List;

import org.jspecify.annotations.NullMarked;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.RandomDistribution;
import net.jqwik.api.Tuple;

/** Generates bad request bodies, from random bytes to calls with a single error. */
@NullMarked
final class HostileBodies {
    /** In what is sent as text; at the beginning of a line of the log it would be the client that wrote the line. */
    static final String MARKER = "zqzq-forged";

    private static final List<String> METHODS = List.of("system.register", "system.heartbeat", "system.unregister",
            "system.resign", "system.get_state", "system.list_instances", "system.get_instance", "system.check_health",
            "system.metrics", "system.history", "system.version",
            "system.repair", "task.create", "task.claim", "task.complete", "task.progress", "task.release",
            "task.cancel", "task.retry", "task.get", "task.list", "system.whoami", "rpc.discover");
    private static final List<String> PARAMS = List.of("id", "roles", "sessionId", "metadata", "instanceId",
            "timestamp", "limit", "text", "priority", "idempotencyKey", "workerId", "maxTasks", "taskId", "result",
            "error", "claim", "status", "cursor", "role", "capacity", "leaseMs", "runAt", "delayMs", "dependsOn",
            "resources", "maxAttempts", "resume", "waitMs", "note", "percent", "reason", "\\u0000", "other");
    /** As JSON: lines and commands of Redis, terminals, C and Lua; half characters, and some that write backwards. */
    private static final List<String> STRINGS = List.of("", "a", "w1", "worker", "pending", "\\n" + MARKER,
            "\\r\\n" + MARKER + " INFO", "\\u0085" + MARKER, "\\u2028" + MARKER, "\\u2029" + MARKER,
            "\\u001b[31m" + MARKER, "\\u009b2J", "\\u0000", "a\\u0000b", "\\ud800", "\\udc00\\ud800", "\\ud83d\\ude00",
            "\\u202e" + MARKER, "\\ufeff", "\\uffff", "é", "\u2028" + MARKER, "\u202e" + MARKER, "\u009b31m",
            "\u0085" + MARKER, "\\r\\n*1\\r\\n$8\\r\\nFLUSHALL\\r\\n", "cb:instance:w1", "*", "../../x", "{cb}", "a b",
            "a,b", "-", "%s%n%x", "${jndi:ldap://127.0.0.1/x}", "]] os.exit() --[[", "__proto__", "x".repeat(256),
            "x".repeat(257), "x".repeat(70_000));
    private static final List<String> NUMBERS = List.of("0", "-0", "1", "-1", "1.0", "1e1", "50", "1000",
            "2147483648", "9223372036854775807", "9223372036854775808", "1e400", "-1e999999999", "1e-999999999",
            "10e2147483647", "123456789012345678901234567890", "0.1000", "9".repeat(999), "9".repeat(1001));
    private static final List<String> OTHERS = List.of("null", "true", "false", "[]", "{}", "[[]]", "{\"\":1}",
            "[" + "[".repeat(90) + "]".repeat(90) + "]", "[".repeat(101) + "]".repeat(101), "{\"a\":1,\"a\":2}",
            "NaN", "'a'", "\"" + MARKER, "\"\n" + MARKER + "\"");
    private static final List<String> IDS = List.of("1", "\"1\"", "null", "1.0", "\"\\n" + MARKER + "\"", "[1]", "{}",
            "true", "1e400", "\"\\ud800\"", "\"" + "x".repeat(1100) + "\"");
    private static final int MOST_BYTES = 200;

    private HostileBodies() {}

    static Arbitrary<byte[]> all() {
        return Arbitraries.frequencyOf(Tuple.of(1, bytes()), Tuple.of(2, values().map(HostileBodies::encode)),
                Tuple.of(8, calls().map(HostileBodies::encode)), Tuple.of(2, batches().map(HostileBodies::encode)),
                Tuple.of(4, damaged()));
    }

    /** Query strings and headers as hostile, for the feed of events. */
    static Arbitrary<String> texts() {
        return Arbitraries.oneOf(Arbitraries.of(STRINGS), Arbitraries.of(NUMBERS), Arbitraries.of("0-0", "1-1", "-1",
                "18446744073709551616-0", "task.created", "99999999999999999999", "1-99999999999999999999", "\u0661"),
                Arbitraries.strings().all().ofMaxLength(20));
    }

    private static Arbitrary<byte[]> bytes() {
        return Arbitraries.bytes().array(byte[].class).ofMaxSize(MOST_BYTES);
    }

    private static Arbitrary<String> values() {
        Arbitrary<String> simple = Arbitraries.frequencyOf(
                Tuple.of(6, Arbitraries.of(STRINGS).map(HostileBodies::quoted)),
                Tuple.of(2, Arbitraries.strings().ofMaxLength(20).map(HostileBodies::quoted)),
                Tuple.of(3, Arbitraries.of(NUMBERS)), Tuple.of(2, Arbitraries.of(OTHERS)));
        Arbitrary<String> roles = simple.list().ofMaxSize(3).map(list -> "[" + String.join(",", list) + "]");
        Arbitrary<String> object = Combinators.combine(Arbitraries.of(STRINGS), simple)
                .as((name, value) -> "{" + quoted(name) + ":" + value + "}");
        Arbitrary<String> usual = Arbitraries.of("[\"worker\"]", "[\"worker\",\"gpu\"]", "[\"leader\"]");
        return Arbitraries.frequencyOf(Tuple.of(6, simple), Tuple.of(1, roles), Tuple.of(2, usual),
                Tuple.of(1, object));
    }

    private static Arbitrary<String> calls() {
        Arbitrary<String> more = Combinators.combine(Arbitraries.of(PARAMS), values())
                .as((name, value) -> "\"" + name + "\":" + value)
                .list()
                .ofMaxSize(3)
                .map(list -> String.join(",", list));
        Arbitrary<String> params = Combinators
                .combine(Arbitraries.frequency(Tuple.of(6, true), Tuple.of(1, false)), more)
                .as((whole, rest) -> whole ? rest : rest.isEmpty() ? "\"id\":\"w1\"" : rest);
        Arbitrary<String> method = Arbitraries.frequencyOf(Tuple.of(12, Arbitraries.of(METHODS)),
                Tuple.of(1, Arbitraries.of(STRINGS)));
        return Combinators.combine(method, params, Arbitraries.of(STRINGS), Arbitraries.of(IDS))
                .as(HostileBodies::call);
    }

    /** With what the method needs besides, so that a good part of the calls gets as far as Redis. */
    private static String call(String method, String params, String name, String id) {
        String needed = switch (method) {
            case "system.register" -> "\"id\":" + quoted(name) + ",\"roles\":[\"worker\"]";
            case "system.heartbeat", "system.unregister", "system.resign" -> "\"instanceId\":" + quoted(name);
            case "task.create" -> "\"text\":" + quoted(name);
            case "task.claim" -> "\"workerId\":" + quoted(name);
            case "task.complete", "task.progress", "task.release" -> "\"taskId\":" + quoted(name)
                    + ",\"workerId\":\"w1\"";
            case "task.cancel", "task.retry", "task.get" -> "\"taskId\":" + quoted(name);
            default -> "";
        };
        // what is given is given instead: twice it would be refused before anybody looks at it
        boolean alone = params.isEmpty() || needed.isEmpty()
                || Arrays.stream(needed.split(",\""))
                        .anyMatch(member -> params.contains(
                                member.replace("\"", "").split(":", 2)[0] + "\":"));
        String members = alone ? needed.isEmpty() ? params : needed : needed + "," + params;
        return "{\"jsonrpc\":\"2.0\",\"method\":" + quoted(method) + ",\"params\":{" + members + "},\"id\":" + id + "}";
    }

    private static Arbitrary<String> batches() {
        return calls().list().ofMaxSize(4).map(list -> "[" + String.join(",", list) + "]");
    }

    /** A call or a batch in which a few bytes are others, or from which the end is missing. */
    private static Arbitrary<byte[]> damaged() {
        Arbitrary<Integer> places = Arbitraries.integers()
                .between(0, 400)
                .withDistribution(RandomDistribution.uniform());
        return Combinators.combine(Arbitraries.oneOf(calls(), batches()), places, Arbitraries.bytes(), places)
                .as((text, at, value, missing) -> {
                    byte[] body = encode(text);
                    if (body.length == 0) {
                        return body;
                    }
                    body[at % body.length] = value;
                    return missing < 200 ? body : Arrays.copyOf(body, missing % body.length);
                });
    }

    private static String quoted(String text) {
        return "\"" + text + "\"";
    }

    private static byte[] encode(String text) {
        return text.getBytes(UTF_8);
    }
}
