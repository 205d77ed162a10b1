package dev.claudebench.discover;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.StreamSupport;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.JsonMetaSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.NonValidationKeyword;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaValidatorsConfig;
import com.networknt.schema.SpecVersion;
import com.networknt.schema.ValidationMessage;

import dev.claudebench.method.Json;

/** A document as its readers see it: what it says of methods, and what its schemas find wrong. */
final class OpenRpc {
    private static final String META_SCHEMA = "https://meta.open-rpc.org/";
    private static final String JSON_SCHEMA = "https://meta.json-schema.tools/";
    /** Knows both meta-schemas by heart, and fetches nothing. */
    private static final JsonSchemaFactory SCHEMAS = JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V7,
            factory -> factory.metaSchema(draft7(JSON_SCHEMA))
                    .metaSchema(draft7(JsonMetaSchema.getV7().getIri()))
                    .schemaLoaders(loaders -> loaders
                            .schemas(Map.of(META_SCHEMA, resource("open-rpc-meta-schema.json"), JSON_SCHEMA,
                                    resource("json-schema-tools-meta-schema.json"),
                                    "https://meta.json-schema.tools", resource("json-schema-tools-meta-schema.json")))
                            .add(address -> {
                                throw new IllegalStateException(address + " would be fetched");
                            })));
    private static final SchemaValidatorsConfig STRICT = SchemaValidatorsConfig.builder()
            .formatAssertionsEnabled(true)
            .build();

    private final JsonNode document;

    OpenRpc(JsonNode document) {
        this.document = document;
    }

    private static JsonMetaSchema draft7(String iri) {
        return JsonMetaSchema.builder(iri, JsonMetaSchema.getV7())
                .keyword(new NonValidationKeyword(Schemas.MAX_BYTES))
                .keyword(new NonValidationKeyword("components"))
                .build();
    }

    private static String resource(String name) {
        try (InputStream file = OpenRpc.class.getResourceAsStream("/openrpc/" + name)) {
            return new String(file.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What keeps a document from being an OpenRPC document; nothing when it is one. */
    static List<String> violations(JsonNode document) {
        return messages(SCHEMAS.getSchema(SchemaLocation.of(META_SCHEMA), STRICT).validate(document));
    }

    /** What a schema of the document, which may refer to its components, finds wrong with a value. */
    List<String> violations(JsonNode schema, JsonNode value) {
        ObjectNode whole = Json.MAPPER.createObjectNode();
        whole.putArray("allOf").add(schema);
        whole.set("components", document.get("components"));
        return messages(SCHEMAS.getSchema(whole, STRICT).validate(value));
    }

    private static List<String> messages(Iterable<ValidationMessage> messages) {
        List<String> texts = new ArrayList<>();
        messages.forEach(message -> texts.add(message.toString()));
        return texts;
    }

    /** The descriptions of the methods, but those that are there in tests alone. */
    List<JsonNode> methods() {
        return StreamSupport.stream(document.get("methods").spliterator(), false)
                .filter(method -> !method.get("name").textValue().startsWith("test."))
                .toList();
    }

    JsonNode method(String name) {
        return methods().stream()
                .filter(method -> method.get("name").textValue().equals(name))
                .findFirst()
                .orElseThrow();
    }

    /** The schema of all params of a method together. */
    JsonNode paramsSchema(JsonNode method) {
        ObjectNode schema = Json.MAPPER.createObjectNode().put("type", "object");
        ObjectNode properties = schema.putObject("properties");
        for (JsonNode param : method.get("params")) {
            properties.set(param.get("name").textValue(), param.get("schema"));
            if (param.get("required").booleanValue()) {
                schema.withArray("required").add(param.get("name"));
            }
        }
        return schema;
    }

    /** The params of an example, as they are sent. */
    static ObjectNode paramsOf(JsonNode example) {
        ObjectNode params = Json.MAPPER.createObjectNode();
        example.get("params").forEach(param -> params.set(param.get("name").textValue(), param.get("value")));
        return params;
    }
}
