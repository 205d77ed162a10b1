package dev.claudebench.mcp;

import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;

import jakarta.enterprise.context.ApplicationScoped;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import dev.claudebench.method.Json;
import dev.claudebench.method.Spelling;

/** What a person would otherwise paste into each agent: how to work on tasks, and how to plan them. */
@ApplicationScoped
class Prompts {
    /** The length that the text of a task may have. */
    private static final int MAX_LENGTH = 16_384;
    /** The place of an argument, with the text that stands there without it. */
    private static final Pattern PLACE = Pattern.compile("\\{(\\w+)(?:\\|([^}]*))?}");

    private final byte[] list;
    private final Map<String, JsonNode> prompts;

    Prompts() {
        JsonNode file = McpFiles.json("prompts.json");
        list = McpResponses.members(file);
        prompts = StreamSupport.stream(file.get("prompts").spliterator(), false)
                .collect(Collectors.toUnmodifiableMap(prompt -> prompt.get("name").textValue(), prompt -> prompt));
    }

    /** Returns the members of the result of {@code prompts/list}. */
    byte[] list() {
        return list;
    }

    /** Returns the members of the result of {@code prompts/get}. */
    byte[] get(McpRequest request) {
        String named = request.text("name");
        JsonNode prompt = prompts.get(named);
        if (prompt == null) {
            throw McpException.invalidParams(McpException.OK,
                    "there is no prompt " + Spelling.unknown(named, prompts.keySet()));
        }
        ObjectNode arguments = request.arguments();
        for (JsonNode argument : prompt.get("arguments")) {
            String name = argument.get("name").textValue();
            JsonNode value = arguments.path(name);
            if (value.isMissingNode() ? argument.path("required").booleanValue() : !value.isTextual()) {
                throw McpException.invalidParams(McpException.OK, "the argument " + name + " must be a string");
            }
            if (value.asText().length() > MAX_LENGTH) {
                throw McpException.invalidParams(McpException.OK,
                        "the argument " + name + " is longer than " + MAX_LENGTH + " characters");
            }
        }
        ObjectNode result = Json.MAPPER.createObjectNode();
        result.set("description", prompt.get("description"));
        result.putArray("messages")
                .addObject()
                .put("role", "user")
                .putObject("content")
                .put("type", "text")
                .put("text", text(prompt.get("name").textValue(), arguments));
        return McpResponses.members(result);
    }

    private static String text(String prompt, ObjectNode arguments) {
        return PLACE.matcher(McpFiles.text(prompt + ".md"))
                .replaceAll(place -> Matcher.quoteReplacement(arguments.path(place.group(1))
                        .asText(Objects.requireNonNullElse(place.group(2), ""))));
    }
}
