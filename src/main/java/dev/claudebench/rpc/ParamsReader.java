package dev.claudebench.rpc;

import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import com.fasterxml.jackson.databind.exc.ValueInstantiationException;
import com.fasterxml.jackson.databind.node.ObjectNode;

import dev.claudebench.method.Constraints;
import dev.claudebench.method.Failure;
import dev.claudebench.method.Json;
import dev.claudebench.method.RpcMethod;
import dev.claudebench.method.Spelling;

/** Reads named parameters into a record and checks its constraints. */
final class ParamsReader {
    /** Bounds the size of an error. */
    private static final int MAX_VIOLATIONS = 50;

    private static final String SESSION_ID = "sessionId";

    /** Names of the components of a record, kept because the JVM describes the components anew for whoever asks. */
    private static final ClassValue<Set<String>> NAMES = new ClassValue<>() {
        @Override
        protected Set<String> computeValue(Class<?> type) {
            return Arrays.stream(type.getRecordComponents())
                    .map(RecordComponent::getName)
                    .collect(Collectors.toUnmodifiableSet());
        }
    };

    private ParamsReader() {}

    /** Reads params that need a session if the method takes one. */
    static <P extends Record> P readWithSession(@Nullable ObjectNode params, RpcMethod<P, ?> method) {
        P read = read(params, method);
        if (NAMES.get(read.getClass()).contains(SESSION_ID) && params != null && !params.hasNonNull(SESSION_ID)) {
            throw Failure.InvalidParams.of(SESSION_ID, "is required by claudebench.security.require-session");
        }
        return read;
    }

    /**
     * @param params null if they were given by position, which no method accepts
     * @throws Failure.InvalidParams names the fields that are misspelt or that violate a constraint, or the first of a wrong type
     */
    static <P extends Record> P read(@Nullable ObjectNode params, RpcMethod<P, ?> method) {
        if (params == null) {
            throw Failure.InvalidParams.of("params", "must be an object: parameters are by name");
        }
        JavaType type = Json.MAPPER.constructType(method.getClass()).findTypeParameters(RpcMethod.class)[0];
        refuseMisspelt(params, type.getRawClass());
        P read;
        try {
            read = Json.MAPPER.treeToValue(params, type);
        } catch (MismatchedInputException e) {
            throw Failure.InvalidParams.of(field(e), "must be " + expected(e.getTargetType()));
        } catch (ValueInstantiationException e) {
            // A record that checks several members together throws InvalidParams.
            throw e.getCause() instanceof Failure.InvalidParams failure
                    ? failure
                    : new IllegalStateException("cannot create the params", e);
        } catch (JsonMappingException e) {
            throw Failure.InvalidParams.of(field(e), "is out of range");
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a tree has no syntax to be wrong", e);
        }
        List<Failure.Violation> violations = Constraints.violations(read);
        if (!violations.isEmpty()) {
            throw new Failure.InvalidParams(violations.stream()
                    .sorted(Comparator.comparing(Failure.Violation::field).thenComparing(Failure.Violation::message))
                    .limit(MAX_VIOLATIONS)
                    .toList());
        }
        return read;
    }

    /** Other unknown members are ignored. */
    private static void refuseMisspelt(ObjectNode params, Class<?> type) {
        List<Failure.Violation> misspelt = Spelling.violations(params.propertyStream().map(Map.Entry::getKey),
                NAMES.get(type));
        if (!misspelt.isEmpty()) {
            throw new Failure.InvalidParams(misspelt);
        }
    }

    private static String field(JsonMappingException e) {
        StringBuilder field = new StringBuilder();
        for (JsonMappingException.Reference step : e.getPath()) {
            if (step.getFieldName() == null) {
                field.append('[').append(step.getIndex()).append(']');
            } else {
                field.append(field.isEmpty() ? "" : ".").append(step.getFieldName());
            }
        }
        return field.isEmpty() ? "params" : field.toString();
    }

    private static String expected(@Nullable Class<?> type) {
        if (type == null || ObjectNode.class.isAssignableFrom(type)) {
            return "an object";
        }
        if (List.class.isAssignableFrom(type)) {
            return "an array";
        }
        if (CharSequence.class.isAssignableFrom(type)) {
            return "a string";
        }
        if (type == Boolean.class) {
            return "true or false";
        }
        return Number.class.isAssignableFrom(type) || type.isPrimitive() ? "an integer" : "of another type";
    }
}
