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
 * An example of a call.
 *
 * @param method the name of the method
 * @param name a short description
 * @param result null for {@code rpc.discover}, whose result cannot contain itself
 */
@RegisterForReflection
record Example(String method, String name, ObjectNode params, @Nullable JsonNode result) {
    private static final String EXAMPLES = "/openrpc/examples.json";

    /** Returns the examples of all methods, in an order in which they can be executed on an empty system. */
    static List<Example> all() {
        try (InputStream file = Example.class.getResourceAsStream(EXAMPLES)) {
            return Json.MAPPER.readValue(file, new TypeReference<List<Example>>() {
            });
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
