package dev.claudebench.method;

import java.io.IOException;
import java.util.Optional;

import org.jspecify.annotations.Nullable;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.cfg.CoercionAction;
import com.fasterxml.jackson.databind.cfg.CoercionInputShape;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.type.LogicalType;
import com.fasterxml.jackson.databind.util.RawValue;

/**
 * How the service reads and writes JSON: what a caller sends is taken at its word. Member names are unique (RFC 7493),
 * no value is turned into another type, and numbers keep their digits.
 */
public final class Json {

    /** The deepest nesting that is read, counted from the request's own braces. */
    public static final int MAX_DEPTH = 100;

    /** Shared: mappers are thread-safe once configured. */
    public static final JsonMapper MAPPER = mapper();

    private static final ObjectWriter ASCII = MAPPER.writer().with(JsonWriteFeature.ESCAPE_NON_ASCII);

    private Json() {}

    /** A value as compact JSON text. */
    public static String text(Object value) {
        try {
            return MAPPER.writeValueAsString(value);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("not a value that JSON can hold", e);
        }
    }

    /** The same for an object that may be missing, which is an empty one then. */
    public static String objectText(@Nullable ObjectNode object) {
        return object == null ? "{}" : text(object);
    }

    /** Like {@link #text}, in ASCII alone, so that nothing that a caller sent can break or colour a line of the log. */
    public static String logText(Object value) {
        try {
            return ASCII.writeValueAsString(value);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("not a value that JSON can hold", e);
        }
    }

    /** JSON text that goes into a result as it stands. */
    public static RawValue raw(String json) {
        return new RawValue(json);
    }

    /**
     * JSON text, read.
     *
     * @throws IllegalArgumentException when it is no JSON
     */
    public static JsonNode read(String text) {
        try {
            return MAPPER.readTree(text);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("not JSON", e);
        }
    }

    /** JSON text that may be none, read; empty unless it is one object. */
    public static Optional<ObjectNode> readObject(String text) {
        try (JsonParser parser = MAPPER.createParser(text)) {
            JsonNode read = MAPPER.readTree(parser);
            return read instanceof ObjectNode object && parser.nextToken() == null
                    ? Optional.of(object)
                    : Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private static JsonMapper mapper() {
        JsonFactory factory = JsonFactory.builder()
                .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                .streamReadConstraints(StreamReadConstraints.builder().maxNestingDepth(MAX_DEPTH).build())
                .build();
        return JsonMapper.builder(factory)
                .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
                .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
                .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
                .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
                .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
                .withCoercionConfigDefaults(all -> all.setAcceptBlankAsEmpty(false))
                .withCoercionConfig(LogicalType.Textual, textual -> {
                    textual.setCoercion(CoercionInputShape.Integer, CoercionAction.Fail);
                    textual.setCoercion(CoercionInputShape.Float, CoercionAction.Fail);
                    textual.setCoercion(CoercionInputShape.Boolean, CoercionAction.Fail);
                })
                .build();
    }
}
