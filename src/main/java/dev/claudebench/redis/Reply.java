package dev.claudebench.redis;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import org.jspecify.annotations.Nullable;

import io.vertx.redis.client.Response;

/**
 * What a script answers, read by the names that it gave. A name that is asked for and missing means that script and reader
 * have come apart, and fails with an {@link IllegalStateException}.
 */
public final class Reply {
    private final Response response;

    Reply(Response response) {
        this.response = response;
    }

    private long number() {
        Long number = response.toLong();
        if (number == null) {
            throw new IllegalStateException("a script answered no number");
        }
        return number;
    }

    /** Whether there is a field of that name. */
    public boolean has(String name) {
        return response.get(name) != null;
    }

    /** A field that is a record itself. */
    public Reply field(String name) {
        Response field = response.get(name);
        if (field == null) {
            throw new IllegalStateException("a script's answer has no field " + name);
        }
        return new Reply(field);
    }

    /** A field that is text. */
    public String text(String name) {
        return String.valueOf(field(name).response);
    }

    /** A field that is text, null when there is none of that name. */
    public @Nullable String textOrNull(String name) {
        return has(name) ? text(name) : null;
    }

    /** A field that is an integer, null when there is none of that name. */
    public @Nullable Long numberOrNull(String name) {
        return has(name) ? Long.valueOf(number(name)) : null;
    }

    /** A field that is an integer. */
    public long number(String name) {
        return field(name).number();
    }

    /** A number known to be small. */
    public int count(String name) {
        return Math.toIntExact(number(name));
    }

    /** A list of records. */
    public List<Reply> list(String name) {
        List<Reply> list = new ArrayList<>();
        field(name).response.forEach(element -> list.add(new Reply(element)));
        return list;
    }

    /** Fields that are all integers, and whose names are data. */
    public Map<String, Long> numbers() {
        Map<String, Long> numbers = new TreeMap<>();
        response.getKeys().forEach(key -> numbers.put(key, number(key)));
        return numbers;
    }

    /** The whole of it, for people. */
    @Override
    public String toString() {
        return response.toString();
    }
}
