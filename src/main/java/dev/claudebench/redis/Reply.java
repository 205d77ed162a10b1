package dev.claudebench.redis;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import org.jspecify.annotations.Nullable;

import io.vertx.redis.client.Response;

/**
 * The reply of a script, a record with named fields. Reading a field that is missing is a defect and throws an
 * {@link IllegalStateException}.
 */
public final class Reply {
    private final Response response;

    Reply(Response response) {
        this.response = response;
    }

    private long number() {
        Long number = response.toLong();
        if (number == null) {
            throw new IllegalStateException("a script replied with something else than a number");
        }
        return number;
    }

    /** Returns whether there is a field of this name. */
    public boolean has(String name) {
        return response.get(name) != null;
    }

    /** Returns a field that is itself a record. */
    public Reply field(String name) {
        Response field = response.get(name);
        if (field == null) {
            throw new IllegalStateException("a script's reply has no field " + name);
        }
        return new Reply(field);
    }

    /** Returns a text field. */
    public String text(String name) {
        return String.valueOf(field(name).response);
    }

    /** Returns a text field, null if it is missing. */
    public @Nullable String textOrNull(String name) {
        return has(name) ? text(name) : null;
    }

    /** Returns an integer field, null if it is missing. */
    public @Nullable Long numberOrNull(String name) {
        return has(name) ? Long.valueOf(number(name)) : null;
    }

    /** Returns an integer field. */
    public long number(String name) {
        return field(name).number();
    }

    /** Returns an integer field. Throws an {@link ArithmeticException} if it does not fit into an int. */
    public int count(String name) {
        return Math.toIntExact(number(name));
    }

    /** Returns a field that is a list of records. */
    public List<Reply> list(String name) {
        List<Reply> list = new ArrayList<>();
        field(name).response.forEach(element -> list.add(new Reply(element)));
        return list;
    }

    /** A list of texts. */
    public List<String> texts(String name) {
        List<String> texts = new ArrayList<>();
        field(name).response.forEach(element -> texts.add(element.toString()));
        return texts;
    }

    /** Returns all fields by name. All must be integers. */
    public Map<String, Long> numbers() {
        Map<String, Long> numbers = new TreeMap<>();
        response.getKeys().forEach(key -> numbers.put(key, number(key)));
        return numbers;
    }

    /** Returns the whole reply as text, for people. */
    @Override
    public String toString() {
        return response.toString();
    }
}
