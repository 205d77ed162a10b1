package dev.claudebench.mcp;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Objects;

import com.fasterxml.jackson.databind.JsonNode;

import dev.claudebench.method.Json;

/** Reads the files in the folder {@code mcp} of the program. */
final class McpFiles {
    private McpFiles() {}

    static String text(String name) {
        try (InputStream file = McpFiles.class.getResourceAsStream("/mcp/" + name)) {
            return new String(Objects.requireNonNull(file, name).readAllBytes(), UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static JsonNode json(String name) {
        return Json.read(text(name));
    }
}
