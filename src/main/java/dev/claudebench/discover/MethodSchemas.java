package dev.claudebench.discover;

import java.util.List;

import com.fasterxml.classmate.ResolvedType;
import com.fasterxml.classmate.TypeResolver;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.github.victools.jsonschema.generator.SchemaGenerator;

import dev.claudebench.method.RpcMethod;

/**
 * Generates the same schemas as the OpenRPC document, each complete in itself: clients of other protocols do not follow
 * references.
 */
public final class MethodSchemas {
    private final TypeResolver types = new TypeResolver();
    private final SchemaGenerator params = Schemas.forParams();
    private final SchemaGenerator results = Schemas.forResultsInline();

    /** Returns the schema of the object that has all params of a method. */
    public ObjectNode params(RpcMethod<?, ?> method) {
        ObjectNode schema = params.generateSchema(typesOf(method).get(0));
        // Some clients refuse an object without properties.
        schema.withObjectProperty("properties");
        return schema;
    }

    /** Returns the schema of the result of a method. */
    public ObjectNode result(RpcMethod<?, ?> method) {
        return results.generateSchema(typesOf(method).get(1));
    }

    private List<ResolvedType> typesOf(RpcMethod<?, ?> method) {
        return types.resolve(method.getClass()).typeParametersFor(RpcMethod.class);
    }
}
