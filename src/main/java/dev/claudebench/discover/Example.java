package dev.claudebench.discover;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;

import org.jspecify.annotations.Nullable;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import dev.claudebench.method.Json;
import io.quarkus.runtime.annotations.RegisterForReflection;

/**
 * A call as it can be made, and what is answered.
 *
 * @param method the method's name
 * @param name what happens
 * @param result null for the document itself, which cannot stand in itself
 */
@RegisterForReflection
record Example(String method, String name, ObjectNode params, @Nullable JsonNode result) {
    private static final String STORY = "/openrpc/examples.json";

    /** The examples of all methods, which tell one story: in this order they can be run, on an empty system. */
    static List<Example> story() {
        try (InputStream file = Example.class.getResourceAsStream(STORY)) {
            return Json.MAPPER.readValue(file, new TypeReference<List<Example>>() {
            });
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
