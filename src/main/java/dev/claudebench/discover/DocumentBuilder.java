package dev.claudebench.discover;

import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;

import com.fasterxml.classmate.ResolvedType;
import com.fasterxml.classmate.TypeResolver;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.github.victools.jsonschema.generator.SchemaBuilder;
import com.github.victools.jsonschema.generator.SchemaGenerator;

import dev.claudebench.method.ErrorCode;
import dev.claudebench.method.ErrorData;
import dev.claudebench.method.Json;
import dev.claudebench.method.RpcMethod;

/**
 * Writes the OpenRPC document from the beans of the methods and their records. OpenRPC leaves open what the
 * {@code data} of a documented error is; here it is the JSON Schema of what that member will hold.
 */
final class DocumentBuilder {
    /** What is answered before there is a method that could answer. */
    private static final Set<ErrorCode> OF_NO_METHOD = EnumSet.of(ErrorCode.PARSE_ERROR, ErrorCode.INVALID_REQUEST,
            ErrorCode.METHOD_NOT_FOUND);

    private final TypeResolver types = new TypeResolver();
    private final SchemaGenerator params = Schemas.ofParams();
    private final SchemaBuilder results = Schemas.ofResults().buildMultipleSchemaDefinitions();
    private final ObjectNode opening = object();
    private final List<Example> story;

    DocumentBuilder(String version, List<Example> story) {
        this.story = List.copyOf(story);
        opening.put("openrpc", OpenRpcDocument.OPENRPC);
        ObjectNode info = opening.putObject("info");
        info.put("title", "ClaudeBench coordinator").put("description", description()).put("version", version);
        info.putObject("license").put("name", "Apache-2.0").put("url", "https://www.apache.org/licenses/LICENSE-2.0");
        opening.putArray("methods");
    }

    private static String description() {
        return """
               Coordination of fleets of AI coding agents: who is alive, who leads, who works on what. JSON-RPC 2.0, \
               by POST to `/rpc`, single or in batches.

               Params are by name. Those that a method does not know are ignored; integers are written without \
               fraction or exponent, and text is well-formed Unicode. Lengths are in characters, times in \
               milliseconds, and `%s` bounds a value by the bytes of its compact JSON in UTF-8. A list of roles may be \
               longer by its repeats, which count once.

               The `data` of an error is the schema of what that member holds. The examples, in the order of their \
               numbers, can be run on an empty system."""
                .formatted(Schemas.MAX_BYTES);
    }

    /** The document of these methods, in their order. To be called once. */
    OpenRpcDocument build(List<RpcMethod<?, ?>> methods) {
        ObjectNode document = opening.deepCopy();
        ArrayNode described = document.putArray("methods");
        methods.forEach(method -> described.add(describe(method)));
        ObjectNode components = document.putObject("components");
        ObjectNode errors = components.putObject("errors");
        for (ErrorCode code : ErrorCode.values()) {
            errors.set(nameOf(code), error(code));
        }
        // only now, and in place, the generator puts in what it kept back to see which types are used more than once
        components.set("schemas", results.collectDefinitions("components/schemas"));
        return new OpenRpcDocument(document);
    }

    private ObjectNode describe(RpcMethod<?, ?> method) {
        ObjectNode described = object();
        described.put("name", method.name()).put("description", method.description()).put("paramStructure", "by-name");
        described.set("params", params(method.paramsType()));
        described.putObject("result")
                .put("name", "result")
                .set("schema", results.createSchemaReference(resultOf(method)));
        described.set("errors", errors(method.refusals()));
        described.set("examples", examples(method.name()));
        return described;
    }

    private ResolvedType resultOf(RpcMethod<?, ?> method) {
        return types.resolve(method.getClass()).typeParametersFor(RpcMethod.class).get(1);
    }

    private ArrayNode params(Class<?> type) {
        ObjectNode schema = params.generateSchema(type);
        Set<String> required = StreamSupport.stream(schema.path("required").spliterator(), false)
                .map(JsonNode::textValue)
                .collect(Collectors.toSet());
        ArrayNode described = array();
        schema.path("properties").properties().forEach(property -> {
            String name = property.getKey();
            ObjectNode value = (ObjectNode) property.getValue();
            ObjectNode param = described.addObject().put("name", name);
            param.set("description", value.remove("description"));
            param.put("required", required.contains(name)).set("schema", value);
        });
        return described;
    }

    private ArrayNode errors(List<String> refusals) {
        ArrayNode errors = array();
        for (ErrorCode code : EnumSet.complementOf(EnumSet.copyOf(OF_NO_METHOD))) {
            if (code == ErrorCode.INVALID_PARAMS && !refusals.isEmpty()) {
                errors.add(invalidParamsOr(refusals));
            } else {
                errors.addObject().put("$ref", "#/components/errors/" + nameOf(code));
            }
        }
        return errors;
    }

    /** A method has each code once, so the reasons of refusals stand beside the violations. */
    private ObjectNode invalidParamsOr(List<String> refusals) {
        ObjectNode refusal = Schemas.ofResults().generateSchema(ErrorData.Reason.class);
        refusals.forEach(refusal.withObject("/properties/reason").putArray("enum")::add);
        ObjectNode error = error(ErrorCode.INVALID_PARAMS);
        ArrayNode either = array().add(error.get("data")).add(refusal);
        error.putObject("data").set("anyOf", either);
        return error;
    }

    private ObjectNode error(ErrorCode code) {
        ObjectNode error = object().put("code", code.code()).put("message", code.message());
        Class<? extends ErrorData> data = code.dataType();
        if (data != null) {
            error.set("data", results.createSchemaReference(data));
        }
        return error;
    }

    private static String nameOf(ErrorCode code) {
        return code.name().toLowerCase(Locale.ROOT);
    }

    private ArrayNode examples(String method) {
        ArrayNode examples = array();
        for (int i = 0; i < story.size(); i++) {
            Example example = story.get(i);
            if (example.method().equals(method)) {
                ObjectNode pairing = examples.addObject().put("name", i + 1 + ". " + example.name());
                ArrayNode values = pairing.putArray("params");
                example.params()
                        .properties()
                        .forEach(
                                param -> values.addObject().put("name", param.getKey()).set("value", param.getValue()));
                JsonNode result = example.result();
                // a document cannot hold itself whole: its example breaks off before the methods
                pairing.putObject("result").put("name", "result").set("value", result == null ? opening : result);
            }
        }
        return examples;
    }

    private static ObjectNode object() {
        return Json.MAPPER.createObjectNode();
    }

    private static ArrayNode array() {
        return Json.MAPPER.createArrayNode();
    }
}
