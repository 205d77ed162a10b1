package dev.claudebench.discover;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.BigIntegerNode;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.TextNode;

/** Values at the bounds that the schema of one parameter documents, and just outside them. */
final class Bounds {
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
    private static final List<JsonNode> ONE_OF_EACH_TYPE = List.of(TextNode.valueOf("worker"), IntNode.valueOf(1),
            JSON.booleanNode(true), JSON.objectNode(), JSON.arrayNode(), NullNode.getInstance());

    /**
     * A value to try.
     *
     * @param bound the keyword that it lies at, or outside of
     * @param field the place, in the parameter, that is at fault
     */
    record Probe(String bound, JsonNode value, String field) {
        Probe(String bound, JsonNode value) {
            this(bound, value, "");
        }
    }

    private final JsonNode schema;
    private final List<Probe> inside = new ArrayList<>();
    private final List<Probe> outside = new ArrayList<>();

    Bounds(JsonNode schema) {
        this.schema = schema;
        // what may be null too is one of two when it is an enumeration
        schema.path("anyOf").forEach(this::probe);
        probe(schema);
        types();
    }

    /** The schema takes these, and so must the service. */
    List<Probe> inside() {
        return List.copyOf(inside);
    }

    /** The schema refuses these, and so must the service. */
    List<Probe> outside() {
        return List.copyOf(outside);
    }

    private void probe(JsonNode part) {
        part.properties().forEach(keyword -> probe(keyword.getKey(), keyword.getValue()));
    }

    private void probe(String keyword, JsonNode bound) {
        switch (keyword) {
            case "minimum" -> {
                inside.add(new Probe(keyword, bound));
                outside.add(new Probe(keyword, beside(bound, -1)));
            }
            case "maximum" -> {
                inside.add(new Probe(keyword, bound));
                outside.add(new Probe(keyword, beside(bound, 1)));
            }
            case "minLength" -> {
                inside.add(new Probe(keyword, TextNode.valueOf("a".repeat(bound.intValue()))));
                outside.add(new Probe(keyword, TextNode.valueOf("a".repeat(bound.intValue() - 1))));
            }
            case "maxLength" -> {
                // characters, not UTF-16 units
                inside.add(new Probe(keyword, TextNode.valueOf("😀".repeat(bound.intValue()))));
                outside.add(new Probe(keyword, TextNode.valueOf("a".repeat(bound.intValue() + 1))));
            }
            case "pattern" -> patternOfText(bound.textValue());
            case "enum" -> {
                bound.forEach(value -> inside.add(new Probe(keyword, value)));
                outside.add(new Probe(keyword, TextNode.valueOf("another")));
            }
            case "maxItems" -> {
                inside.add(new Probe(keyword, differentNames(bound.intValue())));
                outside.add(new Probe(keyword, differentNames(bound.intValue() + 1)));
            }
            case "items" -> items(bound);
            case Schemas.MAX_BYTES -> {
                inside.add(new Probe(keyword, objectOf(bound.intValue())));
                outside.add(new Probe(keyword, objectOf(bound.intValue() + 1)));
            }
            case "type", "default", "anyOf", "title" -> {
                // types are tried together; a default is not a bound
            }
            default -> throw new IllegalArgumentException("unknown keyword " + keyword);
        }
    }

    /** The first and last of each run of control characters, and what stands beside them. */
    private void patternOfText(String pattern) {
        for (char character : "\0\b\t\n\u000b\f\r\u000e\u001f ~\u007f\u0080\u009f\u00a0".toCharArray()) {
            String text = "a" + character + "b";
            Probe probe = new Probe("pattern", TextNode.valueOf(text));
            (text.matches(pattern) ? inside : outside).add(probe);
        }
    }

    private void items(JsonNode ofItems) {
        if (!ofItems.has("pattern")) {
            return;
        }
        String pattern = ofItems.get("pattern").textValue();
        for (String name : List.of("a", "Z", "a0_.:-", "a".repeat(64), "", "0a", "a b", "é", "a".repeat(65))) {
            Probe probe = new Probe("items", JSON.arrayNode().add(name), "[0]");
            (name.matches(pattern) ? inside : outside).add(probe);
        }
    }

    private void types() {
        Set<String> types = new HashSet<>();
        Stream.concat(Stream.of(schema), schema.path("anyOf").valueStream())
                .map(part -> part.path("type"))
                .flatMap(type -> type.isTextual() ? Stream.of(type) : type.valueStream())
                .forEach(type -> types.add(type.textValue()));
        for (JsonNode value : ONE_OF_EACH_TYPE) {
            String type = value.isNumber() ? "integer" : value.getNodeType().name().toLowerCase(Locale.ROOT);
            if (types.isEmpty() || (types.contains("null") && value.isNull())) {
                inside.add(new Probe("type", value));
            } else if (!types.contains(type)) {
                outside.add(new Probe("type", value));
            }
        }
        if (types.contains("integer")) {
            outside.add(new Probe("type", JSON.numberNode(1.5)));
        }
    }

    private static JsonNode beside(JsonNode bound, long step) {
        return BigIntegerNode.valueOf(bound.bigIntegerValue().add(BigInteger.valueOf(step)));
    }

    private static ArrayNode differentNames(int count) {
        ArrayNode names = JSON.arrayNode();
        IntStream.range(0, count).forEach(i -> names.add("r" + i));
        return names;
    }

    private static JsonNode objectOf(int bytes) {
        return JSON.objectNode().put("k", "x".repeat(bytes - "{\"k\":\"\"}".length()));
    }
}
