package dev.claudebench.discover;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;

import com.fasterxml.classmate.ResolvedType;
import com.fasterxml.classmate.TypeResolver;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.github.victools.jsonschema.generator.SchemaBuilder;
import com.github.victools.jsonschema.generator.SchemaGenerator;

import dev.claudebench.method.CallGuard;
import dev.claudebench.method.ErrorCode;
import dev.claudebench.method.ErrorData;
import dev.claudebench.method.Json;
import dev.claudebench.method.RpcMethod;

/**
 * Builds the OpenRPC document from the method beans and their records. OpenRPC does not define the {@code data} of a
 * documented error; here it is the JSON Schema of that member.
 */
final class DocumentBuilder {
    /** Errors that the dispatcher returns before it has found a method. */
    private static final Set<ErrorCode> BEFORE_DISPATCH = EnumSet.of(ErrorCode.PARSE_ERROR, ErrorCode.INVALID_REQUEST,
            ErrorCode.METHOD_NOT_FOUND, ErrorCode.UNAUTHENTICATED);

    private static final Pattern WORD = Pattern.compile("(?:^|[._])(.)");

    private final TypeResolver types = new TypeResolver();
    private final SchemaGenerator params = Schemas.forParams();
    private final SchemaBuilder results = Schemas.forResults().buildMultipleSchemaDefinitions();
    private final ObjectNode header = object();

    private final CallGuard guard;

    /** @param address where the service takes calls, as seen from its own machine */
    DocumentBuilder(String version, URI address, CallGuard guard) {
        this.guard = guard;
        header.put("openrpc", "1.3.2");
        ObjectNode info = header.putObject("info");
        info.put("title", "ClaudeBench coordinator").put("description", description()).put("version", version);
        info.putObject("license").put("name", "Apache-2.0").put("url", "https://www.apache.org/licenses/LICENSE-2.0");
        header.putArray("servers")
                .addObject()
                .put("name", "own")
                .put("url", address.toString())
                .put("description",
                        "where the service listens; from other machines, the path under the address that they reach it by");
        header.putArray("methods");
    }

    private static String description() {
        return """
               Coordinates fleets of AI coding agents: which are alive, which one leads, and which tasks each has. \
               JSON-RPC 2.0: POST single requests or batches to `/rpc`.

               Params are by name; unknown params are ignored, unless they look like misspelt ones, which are refused. \
               Integers have no fraction or exponent, and text must be well-formed Unicode. Lengths are in characters, times in milliseconds. `%s` limits the size of a value as \
               compact JSON, in bytes of UTF-8. Repeated roles count once towards the maximum of a list.

               The `data` of an error is the JSON Schema of that member. The examples are numbered in an order in which \
               they can be executed on an empty system. `x-permission` is the permission that a method requires; each of viewer, agent, lead and admin includes those before it."""
                .formatted(Schemas.MAX_BYTES);
    }

    /** Returns the document as JSON text, with the methods in the order of their names. Must be called only once. */
    String build(Iterable<RpcMethod<?, ?>> methods) {
        JsonNode examples = examples();
        ObjectNode document = header.deepCopy();
        ArrayNode described = document.putArray("methods");
        StreamSupport.stream(methods.spliterator(), false)
                .sorted(Comparator.comparing(RpcMethod::name))
                .forEach(method -> described.add(describe(method, examples)));
        ObjectNode components = document.putObject("components");
        ObjectNode errors = components.putObject("errors");
        for (ErrorCode code : ErrorCode.values()) {
            errors.set(name(code), error(code));
        }
        // The generator also completes the schemas that it has returned so far: it inlines types that are used only once.
        components.set("schemas", results.collectDefinitions("components/schemas"));
        addTitles(described, components.get("schemas"));
        return Json.text(document);
    }

    /** Generators of clients name types by the titles of schemas. Without one, some refer to a type by a name that it does not have. */
    private static void addTitles(JsonNode methods, JsonNode schemas) {
        for (JsonNode method : methods) {
            String name = camelCase(method.get("name").textValue());
            for (JsonNode param : method.get("params")) {
                addTitle(param.get("schema"), name + camelCase(param.get("name").textValue()));
            }
            addTitle(method.at("/result/schema"), name + "Reply");
        }
        schemas.properties().forEach(schema -> addTitle(schema.getValue(), schema.getKey()));
    }

    private static void addTitle(JsonNode schema, String title) {
        if (schema instanceof ObjectNode described && !described.has("$ref")) {
            described.put("title", title);
        }
    }

    /** Returns {@code TaskCreate} for {@code task.create}. */
    private static String camelCase(String name) {
        return WORD.matcher(name).replaceAll(word -> word.group(1).toUpperCase(Locale.ROOT));
    }

    private ObjectNode describe(RpcMethod<?, ?> method, JsonNode examples) {
        List<ResolvedType> ofMethod = types.resolve(method.getClass()).typeParametersFor(RpcMethod.class);
        ObjectNode described = object();
        described.put("name", method.name()).put("description", method.description()).put("paramStructure", "by-name");
        described.put("x-permission", guard.permissionOf(method.name()));
        List<String> names = addParams(described.putArray("params"), ofMethod.get(0));
        described.putObject("result")
                .put("name", "result")
                .set("schema", results.createSchemaReference(ofMethod.get(1)));
        addErrors(described.putArray("errors"), method.refusals());
        addExamples(described.putArray("examples"), method.name(), names, examples);
        return described;
    }

    /** Adds the params, the required ones first, as OpenRPC asks for. Returns their names. */
    private List<String> addParams(ArrayNode described, ResolvedType type) {
        ObjectNode schema = params.generateSchema(type);
        Set<String> required = StreamSupport.stream(schema.path("required").spliterator(), false)
                .map(JsonNode::textValue)
                .collect(Collectors.toSet());
        List<String> names = schema.path("properties")
                .propertyStream()
                .map(Map.Entry::getKey)
                .sorted(Comparator.comparing(name -> !required.contains(name)))
                .toList();
        for (String name : names) {
            ObjectNode value = schema.withObject("/properties/" + name);
            ObjectNode param = described.addObject().put("name", name);
            param.set("description", value.remove("description"));
            param.put("required", required.contains(name)).set("schema", value);
        }
        return names;
    }

    private void addErrors(ArrayNode errors, List<String> refusals) {
        for (ErrorCode code : EnumSet.complementOf(EnumSet.copyOf(BEFORE_DISPATCH))) {
            if (code == ErrorCode.INVALID_PARAMS && !refusals.isEmpty()) {
                errors.add(invalidParamsOr(refusals));
            } else {
                errors.addObject().put("$ref", "#/components/errors/" + name(code));
            }
        }
    }

    /** OpenRPC allows each code once per method, so this error covers both violations and refusals. */
    private ObjectNode invalidParamsOr(List<String> refusals) {
        ObjectNode refusal = Schemas.forResults().generateSchema(ErrorData.Reason.class);
        refusals.forEach(refusal.withObject("/properties/reason").putArray("enum")::add);
        ObjectNode error = error(ErrorCode.INVALID_PARAMS);
        JsonNode violations = error.get("data");
        error.putObject("data").putArray("anyOf").add(violations).add(refusal);
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

    private static String name(ErrorCode code) {
        return code.name().toLowerCase(Locale.ROOT);
    }

    /** Reads the examples of all methods, in an order in which they can be executed on an empty system. */
    private static JsonNode examples() {
        try (InputStream file = DocumentBuilder.class.getResourceAsStream("/openrpc/examples.json")) {
            return Json.MAPPER.readTree(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The params of an example pair with those of its method by position, so that null stands for one that is left out. */
    private void addExamples(ArrayNode described, String method, List<String> names, JsonNode examples) {
        int number = 0;
        for (JsonNode example : examples) {
            number++;
            if (example.path("method").asText().equals(method)) {
                ObjectNode pairing = described.addObject().put("name", number + ". " + example.path("name").asText());
                ArrayNode params = pairing.putArray("params");
                JsonNode given = example.path("params");
                int length = names.size();
                while (length > 0 && !given.has(names.get(length - 1))) {
                    length--;
                }
                names.subList(0, length)
                        .forEach(param -> params.addObject().put("name", param).set("value", given.get(param)));
                // The document cannot contain itself, so the example of rpc.discover has no methods.
                JsonNode result = example.path("result");
                pairing.putObject("result")
                        .put("name", "result")
                        .set("value", result.isMissingNode() ? header : result);
            }
        }
    }

    private static ObjectNode object() {
        return Json.MAPPER.createObjectNode();
    }
}
